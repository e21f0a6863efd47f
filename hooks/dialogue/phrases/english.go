package phrases

import "slices"

// english is the English table. Weak words (may, sat, a) are more often
// something else and need a neighbour that belongs to a date.
func english() *language {
	entries := slices.Concat(
		count(0, "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"),
		[]entry{
			{"thirty", means(number, 30)}, {"forty", means(number, 40)}, {"fifty", means(number, 50)},
			{"a|an", weakly(number, 1)}, {"couple of|a couple of", means(number, 2)},
		},
		series(ordinal, 1, "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
			"eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
			"nineteenth", "twentieth", "twenty first", "twenty second", "twenty third", "twenty fourth", "twenty fifth",
			"twenty sixth", "twenty seventh", "twenty eighth", "twenty ninth", "thirtieth", "thirty first"),
		series(weekday, 0, "sunday|sundays", "monday|mondays", "tuesday|tuesdays|tues", "wednesday|wednesdays",
			"thursday|thursdays|thurs", "friday|fridays", "saturday|saturdays"),
		[]entry{
			{"sun", weakly(weekday, 0)}, {"mon", weakly(weekday, 1)}, {"tue", weakly(weekday, 2)},
			{"wed", weakly(weekday, 3)}, {"thu|thur", weakly(weekday, 4)}, {"fri", weakly(weekday, 5)},
			{"sat", weakly(weekday, 6)},
		},
		series(month, 1, "january", "february", "", "april", "", "june", "july", "august", "september", "october",
			"november", "december"),
		[]entry{
			{"jan", weakly(month, 1)}, {"feb", weakly(month, 2)}, {"march|mar", weakly(month, 3)}, {"apr", weakly(month, 4)},
			{"may", weakly(month, 5)}, {"jun", weakly(month, 6)}, {"jul", weakly(month, 7)}, {"aug", weakly(month, 8)},
			{"sep|sept", weakly(month, 9)}, {"oct", weakly(month, 10)}, {"nov", weakly(month, 11)}, {"dec", weakly(month, 12)},
			{"in march", means(month, 3)}, {"in may", means(month, 5)},
			{"today|later today", means(relative, 0)},
			{"tomorrow|tmrw|tomorow|tommorow|tommorrow", means(relative, 1)},
			{"day after tomorrow|the day after tomorrow|overmorrow", means(relative, 2)},
			{"yesterday", means(relative, -1)},
			{"tonight", []token{{kind: relative}, {kind: part, value: int(Evening)}}},
			{"this morning", []token{{kind: relative}, {kind: part, value: int(Morning)}}},
			{"this afternoon", []token{{kind: relative}, {kind: part, value: int(Afternoon)}}},
			{"this evening", []token{{kind: relative}, {kind: part, value: int(Evening)}}},
			{"a week from today|a week today|one week from today|in a week|in one week|in a weeks time", means(relative, 7)},
			{"a week from tomorrow|a week tomorrow", means(relative, 8)},
			{"two weeks from today|in a fortnight", means(relative, 14)},
			{"next|the following", means(next)}, {"this|this coming|coming|the coming", means(this)}, {"last|past week", means(last)},
			{"week|weeks", means(week)}, {"weekend|week end", means(weekend)}, {"month|months", means(monthUnit)},
			{"day|days", means(dayUnit)}, {"minute|minutes|min|mins", means(minuteUnit)},
			{"h|oclock|o clock", means(hours)}, {"hr|hrs|hour|hours", means(hourUnit)}, {"half an hour|half hour", means(halfHour)},
			{"in|within", means(in)},
			{"morning|in the morning|mornings|early|first thing|before lunch", means(part, int(Morning))},
			{"afternoon|in the afternoon|afternoons|after lunch", means(part, int(Afternoon))},
			{"evening|in the evening|evenings|night|at night|after work", means(part, int(Evening))},
			{"noon|midday|mid day|at noon|lunchtime", means(clock, 12*60)}, {"midnight|at midnight", means(clock, 0)},
			{"at|around|about|round|at around|at about", means(at)},
			{"half", means(half)}, {"quarter|a quarter", means(quarter)}, {"past", means(past)}, {"to|til|till", means(to)},
			{"and", means(and)}, {"am", means(am)}, {"pm", means(pm)},
			{"the|on the", means(dayMark)},
			{"after|from|any time after|later than|starting at", means(after)},
			{"before|until|no later than|earlier than", means(until)},
			{"between", means(between)},
			{"end of the month|end of month|the end of the month", means(monthEnd)},
			{"a week from|one week from|a week after", means(shift, 7)}, {"two weeks from|a fortnight from", means(shift, 14)},
			{"from now|from today", means(fromNow)},
			{"any day|anytime|any time|whenever|as soon as possible|asap|the earliest|earliest|soonest|the soonest|right now", means(anyDay)},
			{"of|on|for|good morning|good afternoon|good evening|good night|have a nice day|good day|24/7|per day|one day|second time|first time", means(noise)},
		},
	)

	return withWords(build(entries, language{
		ordinals:   map[string]bool{"st": true, "nd": true, "rd": true, "th": true},
		monthFirst: true,
	}), englishWords, englishFiller)
}
