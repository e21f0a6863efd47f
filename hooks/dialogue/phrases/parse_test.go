package phrases_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"recado/hooks/dialogue/phrases"
)

// Every phrase is read on Wednesday, 10 March 2027, at 14:00.
var wednesday = time.Date(2027, 3, 10, 14, 0, 0, 0, time.UTC)

// write puts a result on one line: readings separated by " | ", days as
// MM-DD (with the year where it is not 2027), then the time or the part.
func write(r phrases.Result) string {
	var all []string
	for _, reading := range r.Readings {
		var words []string
		if reading.HasDay() {
			day := date(reading.First)
			if !reading.OneDay() {
				day += ".." + date(reading.Last)
			}
			words = append(words, day)
		}
		if reading.Minute != phrases.NoTime {
			sign := map[phrases.Bound]string{phrases.From: ">=", phrases.Before: "<"}[reading.Bound]
			words = append(words, fmt.Sprintf("%s%02d:%02d", sign, reading.Minute/60, reading.Minute%60))
			if reading.Bound == phrases.Between {
				words[len(words)-1] += fmt.Sprintf("-%02d:%02d", reading.End/60, reading.End%60)
			}
		}
		if reading.Part != phrases.AnyPart {
			words = append(words, map[phrases.Part]string{phrases.Morning: "morning", phrases.Afternoon: "afternoon", phrases.Evening: "evening"}[reading.Part])
		}
		all = append(all, strings.Join(words, " "))
	}
	moved := map[phrases.Moved]string{phrases.Passed: " !passed", phrases.PassedTime: " !passed-time", phrases.NoSuchDay: " !no-such-day"}[r.Moved]

	return strings.Join(all, " | ") + moved
}

func date(d phrases.Date) string { return strings.TrimPrefix(d.String(), "2027-") }

type phrase struct{ text, want string }

func check(t *testing.T, locale string, now time.Time, bare phrases.Bare, table []phrase) {
	t.Helper()
	for _, p := range table {
		t.Run(p.text, func(t *testing.T) {
			if got := write(phrases.Parse(locale, p.text, now, bare)); got != p.want {
				t.Errorf("%q: got %q, want %q", p.text, got, p.want)
			}
		})
	}
}

func TestPortuguese(t *testing.T) {
	check(t, "pt-BR", wednesday, phrases.BareNothing, []phrase{
		{"hoje", "03-10"},
		{"hoje às 17h", "03-10 17:00"},
		{"amanhã 15h", "03-11 15:00"},
		{"amanhã às 15h30", "03-11 15:30"},
		{"amanhã 15", "03-11 15:00"},
		{"Quero marcar amanhã às 9 da manhã, por favor", "03-11 09:00"},
		{"depois de amanhã de manhã", "03-12 morning"},
		{"depois de amanhã", "03-12"},
		{"amanhã à tarde", "03-11 afternoon"},
		{"hoje à noite", "03-10 evening"},
		{"sexta", "03-12"},
		{"na sexta-feira às 10h", "03-12 10:00"},
		{"sexta que vem", "03-12 | 03-19"},
		{"próxima sexta às 15:00", "03-12 15:00 | 03-19 15:00"},
		{"segunda que vem", "03-15"},
		{"sexta da semana que vem", "03-19"},
		{"terça da próxima semana de tarde", "03-16 afternoon"},
		{"essa sexta", "03-12"},
		{"quarta", "03-10 | 03-17"},
		{"2ª feira às 8h", "03-15 08:00"},
		{"sábado de manhã", "03-13 morning"},
		{"quinta ou sexta", "03-11 | 03-12"},
		{"semana que vem", "03-15..03-21"},
		{"fim de semana", "03-13..03-14"},
		{"mês que vem", "04-01..04-30"},
		{"dia 15", "03-15"},
		{"dia 15 às 15h", "03-15 15:00"},
		{"dia 31", "03-31"},
		{"dia 5", "04-05 !passed"},
		{"dia 10", "03-10"},
		{"15/03 às 9 e meia", "03-15 09:30 | 03-15 21:30"},
		{"15/03/2027 9h", "03-15 09:00"},
		{"15-03", "03-15"},
		{"01/03", "2028-03-01 !passed"},
		{"15 de março", "03-15"},
		{"quinze de março ao meio-dia", "03-15 12:00"},
		{"primeiro de maio", "05-01"},
		{"1º de maio de 2027", "05-01"},
		{"31 de abril", "04-30 | 05-01 !no-such-day"},
		{"29/02", "2028-02-29 !passed"},
		{"em abril", "04-01..04-30"},
		{"dia 15 do mês que vem", "04-15"},
		{"sexta, dia 12", "03-12"},
		{"meio-dia", "12:00"},
		{"meio dia e meia", "12:30"},
		{"meia-noite", "00:00"},
		{"às 3 da tarde", "15:00"},
		{"três e meia", "15:30 | 03:30"},
		{"às 9", "09:00 | 21:00"},
		{"9h", "09:00"},
		{"às 14", "14:00"},
		{"15 para as 3 da tarde", "14:45"},
		{"dez pras quatro", "15:50 | 03:50"},
		{"oito e quinze da noite", "20:15"},
		{"às vinte e uma horas", "21:00"},
		{"lá pelas 4 da tarde", "16:00"},
		{"depois das 15h", ">=15:00"},
		{"amanhã a partir das 14h", "03-11 >=14:00"},
		{"antes das 10h de sexta", "03-12 <10:00"},
		{"daqui a dois dias", "03-12"},
		{"daqui a uma semana", "03-17"},
		{"daqui a 2 horas", "03-10 >=16:00"},
		{"hoje às 9h", "03-11 09:00 !passed-time"},
		{"hoje de manhã", "03-11 morning !passed-time"},
		{"ontem", "03-10 !passed"},
		{"de manhã ou à tarde", "morning | afternoon"},
		{"o quanto antes", "03-10..05-09"},
		{"bom dia, tem horário sexta à tarde?", "03-12 afternoon"},
		{"boa noite! amanhã às 20h", "03-11 20:00"},
		{"a partir de segunda", "03-15..04-14"},
		{"14h e 16h", "14:00 | 16:00"},
		{"entre 14h e 16h", "14:00-16:00"},
		{"amanhã das 14h às 16h", "03-11 14:00-16:00"},
		{"sexta 12", "03-12"},
		{"sexta 10", "03-12 10:00 | 03-12 22:00"},
		{"fim do mês", "03-22..03-31"},
		{"às duas", "14:00 | 02:00"},
		{"uma da tarde", "13:00"},
		{"semana que vem na quarta", "03-17"},
		{"segunda ou terça de manhã", "03-15 morning | 03-16 morning"},
	})
}

func TestEnglish(t *testing.T) {
	check(t, "en", wednesday, phrases.BareNothing, []phrase{
		{"today", "03-10"},
		{"today at 5pm", "03-10 17:00"},
		{"tomorrow at 3pm", "03-11 15:00"},
		{"tomorrow at 3:30 p.m.", "03-11 15:30"},
		{"tomorrow 10", "03-11 10:00 | 03-11 22:00"},
		{"tomorrow morning", "03-11 morning"},
		{"the day after tomorrow in the afternoon", "03-12 afternoon"},
		{"tonight", "03-10 evening"},
		{"this afternoon", "03-10 afternoon"},
		{"friday", "03-12"},
		{"on Friday at 10 am", "03-12 10:00"},
		{"next friday", "03-12 | 03-19"},
		{"next monday", "03-15"},
		{"this friday", "03-12"},
		{"friday next week", "03-19"},
		{"next week on tuesday", "03-16"},
		{"wednesday", "03-10 | 03-17"},
		{"sat 10am", "03-13 10:00"},
		{"thursday or friday", "03-11 | 03-12"},
		{"next week", "03-15..03-21"},
		{"this week", "03-10..03-14"},
		{"this weekend", "03-13..03-14"},
		{"next weekend", "03-13..03-14 | 03-20..03-21"},
		{"next month", "04-01..04-30"},
		{"the 15th", "03-15"},
		{"the 31st at noon", "03-31 12:00"},
		{"on the 5th", "04-05 !passed"},
		{"March 15th at 9:30 am", "03-15 09:30"},
		{"15 March 2027", "03-15"},
		{"the fifteenth of March", "03-15"},
		{"March 1", "2028-03-01 !passed"},
		{"April 31", "04-30 | 05-01 !no-such-day"},
		{"May 5", "05-05"},
		{"may I come on friday?", "03-12"},
		{"3/15", "03-15"},
		{"15/3", "03-15"},
		{"5/4", "05-04 | 04-05"},
		{"2027-04-01 14:00", "04-01 14:00"},
		{"the 15th of next month", "04-15"},
		{"in june", "06-01..06-30"},
		{"noon", "12:00"},
		{"midnight", "00:00"},
		{"half past three", "15:30 | 03:30"},
		{"quarter to four in the afternoon", "15:45"},
		{"ten past nine am", "09:10"},
		{"three thirty", "15:30 | 03:30"},
		{"at 3", "15:00 | 03:00"},
		{"at 9", "09:00 | 21:00"},
		{"3 o'clock", "15:00 | 03:00"},
		{"nine in the morning", "09:00"},
		{"12:30 pm", "12:30"},
		{"12 am", "00:00"},
		{"after 3pm", ">=15:00"},
		{"tomorrow before noon", "03-11 <12:00"},
		{"in two days", "03-12"},
		{"in a week", "03-17"},
		{"in 2 hours", "03-10 >=16:00"},
		{"in half an hour", "03-10 >=14:30"},
		{"today at 9am", "03-11 09:00 !passed-time"},
		{"yesterday", "03-10 !passed"},
		{"last friday", "03-12 !passed"},
		{"as soon as possible", "03-10..05-09"},
		{"good morning, do you have anything on friday afternoon?", "03-12 afternoon"},
		{"twenty-second of march", "03-22"},
		{"between 2 and 4", "14:00-16:00"},
		{"from 9 to 1 tomorrow", "03-11 09:00-13:00"},
		{"2-4pm", "14:00-16:00"},
		{"tomorrow before 10", "03-11 <10:00"},
		{"before 10 tomorrow", "03-11 <10:00"},
		{"a week from friday", "03-19"},
		{"any time next week", "03-15..03-21"},
		{"3 days from now", "03-13"},
		{"end of the month", "03-22..03-31"},
		{"Friday 12", "03-12"},
		{"1030am", "10:30"},
	})
}

func TestSpanish(t *testing.T) {
	check(t, "es", wednesday, phrases.BareNothing, []phrase{
		{"hoy", "03-10"},
		{"hoy a las 17 h", "03-10 17:00"},
		{"mañana", "03-11"},
		{"mañana a las 15h", "03-11 15:00"},
		{"mañana por la mañana", "03-11 morning"},
		{"mañana a las 9 de la mañana", "03-11 09:00"},
		{"pasado mañana", "03-12"},
		{"pasado mañana por la tarde", "03-12 afternoon"},
		{"esta noche", "03-10 evening"},
		{"esta tarde a las 5", "03-10 17:00"},
		{"el jueves a las 4 de la tarde", "03-11 16:00"},
		{"el viernes", "03-12"},
		{"el viernes que viene", "03-12 | 03-19"},
		{"el próximo viernes a las 10:00", "03-12 10:00 | 03-19 10:00"},
		{"el próximo lunes", "03-15"},
		{"este viernes", "03-12"},
		{"el viernes de la semana que viene", "03-19"},
		{"la próxima semana, el martes", "03-16"},
		{"miércoles", "03-10 | 03-17"},
		{"sábado por la mañana", "03-13 morning"},
		{"jueves o viernes", "03-11 | 03-12"},
		{"la semana que viene", "03-15..03-21"},
		{"el fin de semana", "03-13..03-14"},
		{"el mes que viene", "04-01..04-30"},
		{"el 15", "03-15"},
		{"el día 31", "03-31"},
		{"el 5", "04-05 !passed"},
		{"el 15 de marzo a las 9 y media", "03-15 09:30 | 03-15 21:30"},
		{"15/03 a las 14:30", "03-15 14:30"},
		{"15/03/2027", "03-15"},
		{"quince de marzo", "03-15"},
		{"primero de mayo", "05-01"},
		{"1º de mayo", "05-01"},
		{"31 de abril", "04-30 | 05-01 !no-such-day"},
		{"1 de marzo", "2028-03-01 !passed"},
		{"en junio", "06-01..06-30"},
		{"el 15 del próximo mes", "04-15"},
		{"al mediodía", "12:00"},
		{"a medianoche", "00:00"},
		{"a las tres y media", "15:30 | 03:30"},
		{"cuatro menos cuarto", "15:45 | 03:45"},
		{"cuarto para las cuatro de la tarde", "15:45"},
		{"a las siete y cuarto de la tarde", "19:15"},
		{"a la una de la tarde", "13:00"},
		{"a las 9", "09:00 | 21:00"},
		{"9h", "09:00"},
		{"ocho de la noche", "20:00"},
		{"a las veintiuna horas", "21:00"},
		{"3 p. m.", "15:00"},
		{"después de las 15h", ">=15:00"},
		{"mañana antes de las 10h", "03-11 <10:00"},
		{"a partir del lunes", "03-15..04-14"},
		{"en dos días", "03-12"},
		{"dentro de una semana", "03-17"},
		{"en media hora", "03-10 >=14:30"},
		{"hoy a las 9h", "03-11 09:00 !passed-time"},
		{"ayer", "03-10 !passed"},
		{"el viernes pasado", "03-12 !passed"},
		{"lo antes posible", "03-10..05-09"},
		{"buenas tardes, ¿tiene algo el viernes por la mañana?", "03-12 morning"},
		{"treinta y uno de marzo", "03-31"},
		{"entre las 2 y las 4", "14:00-16:00"},
		{"de las 9 a las 11", "09:00-11:00"},
		{"miércoles 17", "03-17"},
		{"diez menos veinte", "09:40 | 21:40"},
		{"a fin de mes", "03-22..03-31"},
	})
}

// A day the month lacks goes on to the next month that has it.
func TestShortMonths(t *testing.T) {
	april := time.Date(2027, 4, 10, 9, 0, 0, 0, time.UTC)
	check(t, "pt-BR", april, phrases.BareNothing, []phrase{
		{"dia 31", "05-31 !no-such-day"}, {"dia 30", "04-30"}, {"dia 9", "05-09 !passed"},
	})
	january := time.Date(2027, 1, 31, 9, 0, 0, 0, time.UTC)
	check(t, "es", january, phrases.BareNothing, []phrase{{"el 30", "03-30 !no-such-day"}, {"el 29 de febrero", "02-28 | 03-01 !no-such-day"}})
	check(t, "en", january, phrases.BareNothing, []phrase{{"in a month", "02-28"}, {"next month", "02-01..02-28"}})
}

// What "next" and a bare weekday mean depends on the day they are said.
func TestNextDependsOnToday(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2027, 3, day, 14, 0, 0, 0, time.UTC) }
	check(t, "en", at(8), phrases.BareNothing, []phrase{{"next friday", "03-12 | 03-19"}, {"next monday", "03-15"}, {"friday", "03-12"}})
	check(t, "en", at(12), phrases.BareNothing, []phrase{
		{"next friday", "03-19"}, {"friday", "03-12 | 03-19"}, {"friday 9am", "03-19 09:00"}, {"next weekend", "03-13..03-14 | 03-20..03-21"},
	})
	check(t, "en", at(13), phrases.BareNothing, []phrase{{"next friday", "03-19"}, {"weekend", "03-13..03-14"}, {"next weekend", "03-20..03-21"}})
	check(t, "en", at(14), phrases.BareNothing, []phrase{{"next monday", "03-15"}, {"this week", "03-14"}, {"next week", "03-15..03-21"}})
	newYear := time.Date(2027, 12, 31, 9, 0, 0, 0, time.UTC)
	check(t, "pt-BR", newYear, phrases.BareNothing, []phrase{{"amanhã", "2028-01-01"}, {"dia 2", "2028-01-02 !passed"}, {"em janeiro", "2028-01-01..2028-01-31"}})
}

// A number alone is what was asked for, and nothing otherwise.
func TestBareNumbers(t *testing.T) {
	check(t, "pt-BR", wednesday, phrases.BareNothing, []phrase{{"15", ""}, {"3", ""}})
	check(t, "pt-BR", wednesday, phrases.BareDay, []phrase{{"15", "03-15"}, {"40", ""}})
	check(t, "pt-BR", wednesday, phrases.BareHour, []phrase{{"15", "15:00"}, {"9", "09:00 | 21:00"}, {"40", ""}})
}

// Sentences without a day or time, phone numbers and amounts stay what they are.
func TestNothingToRead(t *testing.T) {
	for locale, list := range map[string][]string{
		"pt-BR": {"", "quanto custa?", "tenho 2 filhos e quero saber o preço", "11 99999-8888", "R$ 50", "bom dia!", "boa noite, tudo bem?",
			"segunda via do boleto", "preciso ter certeza", "atendimento 24/7", "2 a 5 pessoas", "quero uma massagem", "👍"},
		"en": {"how much is it?", "I have 2 kids", "+1 (555) 010-9999", "may I ask something", "march on", "good evening!", "a second opinion",
			"the three of us", "room 101", "24/7 support"},
		"es": {"¿cuánto cuesta?", "tengo 2 hijos", "+54 9 11 5555-0199", "buenas noches", "una cita", "somos 3"},
	} {
		for _, text := range list {
			if got := write(phrases.Parse(locale, text, wednesday, phrases.BareNothing)); got != "" {
				t.Errorf("%s %q: got %q, want nothing", locale, text, got)
			}
		}
	}
}

// Whatever is written, reading it ends, gives the same answer twice, and names
// only days that exist and are not over.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"amanhã 15h", "sexta que vem", "dia 31", "31/02/2024", "0/0", "99/99/9999", "half past", "às", "e meia", "12:", "9.30", "2027-13-45",
		"daqui a 999 meses", "twenty twenty twenty", "el el el 31 de febrero", "１５：３０", "\xff\xfe", "ª º 2️⃣", "next next week last", "in 9999 days",
		"meio dia e e meia menos", "vinte e", "15 para as", "a.m.p.m.", "🤷‍♀️", strings.Repeat("1/", 200),
	} {
		f.Add(text, int64(0))
		f.Add(text, int64(86400*51))
	}
	f.Fuzz(func(t *testing.T, text string, offset int64) {
		now := wednesday.Add(time.Duration(offset%(50*366*86400)) * time.Second)
		today := phrases.DateOf(now)
		for _, locale := range []string{"en", "pt-BR", "es"} {
			for _, bare := range []phrases.Bare{phrases.BareNothing, phrases.BareDay, phrases.BareHour} {
				result := phrases.Parse(locale, text, now, bare)
				if again := phrases.Parse(locale, text, now, bare); write(again) != write(result) {
					t.Fatalf("%s %q: %q, then %q", locale, text, write(result), write(again))
				}
				if len(result.Readings) > 4 {
					t.Fatalf("%s %q: %d readings", locale, text, len(result.Readings))
				}
				for _, r := range result.Readings {
					if r.HasDay() && (r.Last.Before(today) || r.Last.Before(r.First) || phrases.DateOf(r.First.Time()) != r.First) {
						t.Fatalf("%s %q on %s: %+v", locale, text, today, r)
					}
					if r.Minute < phrases.NoTime || r.Minute >= 24*60 {
						t.Fatalf("%s %q: minute %d", locale, text, r.Minute)
					}
				}
			}
			phrases.Ordinal(locale, text)
			for word := phrases.Yes; word <= phrases.Prices; word++ {
				phrases.Said(locale, text, word)
			}
		}
	})
}
