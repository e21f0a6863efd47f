package texts

import "time"

// Clock is texts.Clock in the printer's language.
func (p Printer) Clock(t time.Time) string { return Clock(p.locale, t) }

// Date is texts.Date in the printer's language.
func (p Printer) Date(t, now time.Time) string { return Date(p.locale, t, now) }

// Day is texts.Day in the printer's language.
func (p Printer) Day(t, now time.Time) string { return Day(p.locale, t, now) }

// DayLabel is texts.DayLabel in the printer's language.
func (p Printer) DayLabel(t, now time.Time) string { return DayLabel(p.locale, t, now) }

// When is texts.When in the printer's language.
func (p Printer) When(t, now time.Time) string { return When(p.locale, t, now) }

// Price is texts.Price in the printer's language.
func (p Printer) Price(minor int64, currency string) string { return Price(p.locale, minor, currency) }

// Weekday is texts.Weekday in the printer's language.
func (p Printer) Weekday(day time.Weekday) string { return Weekday(p.locale, day) }

// ShortWeekday is texts.ShortWeekday in the printer's language.
func (p Printer) ShortWeekday(day time.Weekday) string { return ShortWeekday(p.locale, day) }
