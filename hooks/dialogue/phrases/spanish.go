package phrases

import "slices"

// spanish is the Spanish table. "mañana" alone is tomorrow; with la, esta or
// temprano it is the morning.
func spanish() *language {
	entries := slices.Concat(
		count(2, "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve treinta"),
		[]entry{
			{"cero", means(number, 0)}, {"un|una|uno", weakly(number, 1)}, {"la una", []token{{kind: at}, {kind: number, value: 1}}},
			{"a la una|sobre la una|a eso de la una", []token{{kind: at}, {kind: number, value: 1}}},
			{"cuarenta", means(number, 40)}, {"cincuenta", means(number, 50)}, {"primero", means(ordinal, 1)},
			{"veintiuna", means(number, 21)}, {"un par de", means(number, 2)},
		},
		series(weekday, 0, "domingo|domingos", "lunes", "martes", "miercoles", "jueves", "viernes", "sabado|sabados"),
		[]entry{
			{"lun", weakly(weekday, 1)}, {"mie", weakly(weekday, 3)}, {"jue", weakly(weekday, 4)}, {"vie", weakly(weekday, 5)},
			{"sab", weakly(weekday, 6)}, {"dom", weakly(weekday, 0)},
		},
		series(month, 1, "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre|setiembre",
			"octubre", "noviembre", "diciembre"),
		[]entry{
			{"ene", weakly(month, 1)}, {"feb", weakly(month, 2)}, {"mar", weakly(month, 3)}, {"abr", weakly(month, 4)},
			{"may", weakly(month, 5)}, {"jun", weakly(month, 6)}, {"jul", weakly(month, 7)}, {"ago", weakly(month, 8)},
			{"sep|sept", weakly(month, 9)}, {"oct", weakly(month, 10)}, {"nov", weakly(month, 11)}, {"dic", weakly(month, 12)},
			{"hoy|hoy mismo|el dia de hoy", means(relative, 0)}, {"manana|el dia de manana", means(relative, 1)},
			{"pasado manana", means(relative, 2)},
			{"ayer", means(relative, -1)}, {"anteayer|antes de ayer|antier", means(relative, -2)},
			{"esta noche|hoy a la noche|hoy por la noche|hoy en la noche", []token{{kind: relative}, {kind: part, value: int(Evening)}}},
			{"esta tarde|hoy a la tarde|hoy por la tarde|hoy en la tarde", []token{{kind: relative}, {kind: part, value: int(Afternoon)}}},
			{"esta manana|hoy a la manana|hoy por la manana|hoy en la manana", []token{{kind: relative}, {kind: part, value: int(Morning)}}},
			{"que viene|proxima|proximo|la proxima|el proximo|siguiente|entrante|que entra", means(next)},
			{"esta|este|esa|ese", means(this)}, {"pasada|pasado", means(last)},
			{"semana|semanas", means(week)}, {"fin de semana|finde|el finde", means(weekend)},
			{"mes|meses", means(monthUnit)}, {"dias", means(dayUnit)}, {"minuto|minutos|min", means(minuteUnit)},
			{"h|hs|hr|hrs|hora|horas|en punto|horas en punto", means(hours)}, {"media hora", means(halfHour)},
			{"en|dentro de|de aqui a|de hoy en", means(in)},
			{"por la manana|de la manana|a la manana|en la manana|la manana|temprano|a primera hora|primera hora|de la madrugada|antes de comer|antes de almorzar|antes del almuerzo",
				means(part, int(Morning))},
			{"tarde|por la tarde|de la tarde|a la tarde|en la tarde|la tarde|despues de comer|despues de almorzar|despues del almuerzo|a ultima hora de la tarde",
				means(part, int(Afternoon))},
			{"noche|a ultima hora|ultima hora|por la noche|de la noche|a la noche|en la noche|la noche|despues del trabajo", means(part, int(Evening))},
			{"mediodia|al mediodia|medio dia|al medio dia|del mediodia", means(clock, 12*60)},
			{"medianoche|media noche|a medianoche|a media noche", means(clock, 0)},
			{"a las|las|sobre las|a eso de las|tipo|tipo las|hacia las|alrededor de las|como a las", means(at)},
			{"de las|desde las", []token{{kind: at, opens: true}}}, {"entre las|entre|entre la", means(between)},
			{"fin de mes|final de mes|a fin de mes|a fines de mes|a final de mes", means(monthEnd)},
			{"media", means(half)}, {"cuarto|un cuarto", means(quarter)}, {"para las|para la", means(to)}, {"menos", means(less)},
			{"y", means(and)}, {"am", means(am)}, {"pm", means(pm)},
			{"el|dia|el dia|del dia|para el|para el dia", means(dayMark)},
			{"despues de|despues del|despues|a partir de|a partir del|desde|luego de", means(after)}, {"antes de|antes del|antes|hasta", means(until)},
			{"cualquier dia|cualquier hora|cualquier horario|lo antes posible|cuanto antes|lo mas pronto posible|primer horario|el primer horario|ahora mismo|tan pronto como sea posible",
				means(anyDay)},
			{"de|del|la|los|al|para|por|buenos dias|buenas tardes|buenas noches|buen dia|un dia|algun dia|todo el dia|mas tarde|24/7|buen fin de semana",
				means(noise)},
		},
	)

	return withWords(build(entries, language{
		ordinals: map[string]bool{"o": true, "ro": true, "ero": true}, tensAnd: true, exactHours: true,
	}), spanishWords, spanishFiller)
}
