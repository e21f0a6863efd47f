package phrases

import "slices"

// portuguese is the Brazilian table. "ter", short for Tuesday, is left out: it
// is the verb "to have" in nearly every sentence.
func portuguese() *language {
	entries := slices.Concat(
		count(3, "tres quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis dezessete dezoito dezenove vinte"),
		[]entry{
			{"zero", means(number, 0)}, {"um|uma", weakly(number, 1)}, {"dois|duas", means(number, 2)}, {"catorze", means(number, 14)},
			{"trinta", means(number, 30)}, {"quarenta", means(number, 40)}, {"cinquenta", means(number, 50)},
			{"primeiro", means(ordinal, 1)},
		},
		series(weekday, 0, "domingo|domingos|dom", "segunda|segunda feira|2a feira|seg", "terca|terca feira|3a feira",
			"quarta|quarta feira|4a feira", "quinta|quinta feira|5a feira", "sexta|sexta feira|6a feira",
			"sabado|sabados|sab"),
		[]entry{{"qua", weakly(weekday, 3)}, {"qui", weakly(weekday, 4)}, {"sex", weakly(weekday, 5)}},
		series(month, 1, "janeiro", "fevereiro", "marco", "abril", "maio", "junho", "julho", "agosto", "setembro",
			"outubro", "novembro", "dezembro"),
		[]entry{
			{"jan", weakly(month, 1)}, {"fev", weakly(month, 2)}, {"mar", weakly(month, 3)}, {"abr", weakly(month, 4)},
			{"mai", weakly(month, 5)}, {"jun", weakly(month, 6)}, {"jul", weakly(month, 7)}, {"ago", weakly(month, 8)},
			{"set", weakly(month, 9)}, {"out", weakly(month, 10)}, {"nov", weakly(month, 11)},
			{"hoje|hj|ainda hoje", means(relative, 0)}, {"amanha|amnh|amanhan", means(relative, 1)},
			{"depois de amanha|depois d amanha", means(relative, 2)},
			{"ontem", means(relative, -1)}, {"anteontem|antes de ontem", means(relative, -2)},
			{"de hoje a oito|de hoje a 8|daqui a oito dias", means(relative, 7)},
			{"hoje a noite|esta noite|essa noite", []token{{kind: relative}, {kind: part, value: int(Evening)}}},
			{"hoje a tarde|hoje de tarde|esta tarde|essa tarde", []token{{kind: relative}, {kind: part, value: int(Afternoon)}}},
			{"hoje de manha|hoje pela manha|esta manha|essa manha", []token{{kind: relative}, {kind: part, value: int(Morning)}}},
			{"que vem|proxima|proximo|da proxima|na proxima|no proximo|do proximo|seguinte", means(next)},
			{"esta|este|essa|esse|nesta|neste|nessa|nesse|desta|deste|dessa|desse|agora", means(this)},
			{"passada|passado", means(last)},
			{"semana|semanas", means(week)}, {"fim de semana|final de semana|fds|findi", means(weekend)},
			{"mes|meses", means(monthUnit)}, {"dias", means(dayUnit)}, {"minuto|minutos|min", means(minuteUnit)},
			{"h|hs|hr|hrs|hora|horas|horas em ponto|em ponto", means(hours)}, {"meia hora|uma meia hora", means(halfHour)},
			{"em|daqui a|daqui|dentro de|daqui uns", means(in)},
			{"manha|de manha|da manha|pela manha|na parte da manha|cedo|de manhazinha|da madrugada|de madrugada|antes do almoco|no periodo da manha",
				means(part, int(Morning))},
			{"tarde|de tarde|da tarde|a tarde|pela tarde|na parte da tarde|depois do almoco|apos o almoco|fim da tarde|final da tarde|no fim da tarde|no final da tarde|tardinha|de tardinha|a tardinha|no periodo da tarde",
				means(part, int(Afternoon))},
			{"noite|de noite|da noite|a noite|pela noite|na parte da noite|depois do trabalho|apos o trabalho|noitinha|a noitinha",
				means(part, int(Evening))},
			{"meio dia|ao meio dia|no meio dia|hora do almoco|na hora do almoco", means(clock, 12*60)},
			{"meia noite|a meia noite", means(clock, 0)},
			{"as|pelas|la pelas|la pras|por volta das|por volta de|umas|la pelas as", means(at)},
			{"das", []token{{kind: at, opens: true}}}, {"entre|entre as", means(between)},
			{"fim do mes|final do mes|no fim do mes|no final do mes", means(monthEnd)},
			{"a uma", []token{{kind: at}, {kind: number, value: 1}}},
			{"meia", means(half)}, {"para as|pras|para a|pra as|pra", means(to)}, {"e", means(and)}, {"am", means(am)}, {"pm", means(pm)},
			{"dia|no dia|pro dia|do dia|para o dia", means(dayMark)},
			{"depois|apos|a partir|mais tarde que", means(after)}, {"antes|ate|mais cedo que", means(until)},
			{"qualquer dia|qualquer horario|qualquer hora|o quanto antes|quanto antes|o mais rapido possivel|o mais cedo possivel|assim que possivel|assim que der|primeiro horario|o primeiro horario|proximo horario|o proximo horario|agora mesmo",
				means(anyDay)},
			{"de|da|do|na|no|o|para|pra o|pro|bom dia|boa tarde|boa noite|um dia|algum dia|todo dia|segunda via|segunda vez|segunda opcao|mais tarde|24/7|dia a dia|bom final de semana|bom fim de semana",
				means(noise)},
		},
	)

	return withWords(build(entries, language{
		ordinals: map[string]bool{"o": true}, tensAnd: true, exactHours: true,
	}), portugueseWords, portugueseFiller)
}
