package page

import (
	"html/template"
	"strconv"
	"time"

	"golang.org/x/text/language"
)

// functions are what templates can call, in one language.
func functions(s speech, a *assets, tag language.Tag) template.FuncMap {
	return template.FuncMap{
		"t":        s.say,
		"texts":    s.these,
		"script":   a.script,
		"style":    a.style,
		"bundled":  a.bundled,
		"language": tag.String,
		"date":     s.date,
		"clock":    func(t time.Time) string { return t.UTC().Format("15:04") },
		"iso":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"day":      func(t time.Time) string { return t.Format(time.DateOnly) },
		"length":   s.length,
		"size":     s.size,
	}
}

// date says a day in words: 3 May 2026.
func (s speech) date(t time.Time) (string, error) {
	month, err := s.say("calendar.month_" + strconv.Itoa(int(t.Month())))
	if err != nil {
		return "", err
	}
	return s.say("calendar.date", "Day", t.Day(), "Month", month, "Year", t.Year())
}

// length says how long something lasts: 3 min 20 s, 1 h 5 min, 3 days.
func (s speech) length(d time.Duration) (string, error) {
	d = d.Round(time.Second)
	hours, minutes, seconds := int(d.Hours()), int(d.Minutes()), int(d.Seconds())%60
	const days = 48 // hours, from which on people count days
	switch {
	case hours >= days:
		return s.say("calendar.days", "Days", hours/24)
	case hours > 0 && minutes%60 == 0:
		return s.say("calendar.hours", "Hours", hours)
	case hours > 0:
		return s.say("calendar.hours_minutes", "Hours", hours, "Minutes", minutes%60)
	case minutes == 0:
		return s.say("calendar.seconds", "Seconds", seconds)
	case seconds == 0:
		return s.say("calendar.minutes", "Minutes", minutes)
	}
	return s.say("calendar.minutes_seconds", "Minutes", minutes, "Seconds", seconds)
}

// size says how much something holds, as people's other programs say it: in
// thousands, 1.2 GB.
func (s speech) size(bytes int64) (string, error) {
	const step = 1000
	n, unit := float64(bytes), 0
	units := []string{"bytes", "kb", "mb", "gb", "tb"}
	for n >= step && unit < len(units)-1 {
		n /= step
		unit++
	}
	digits := 0
	if unit > 1 && n < 100 { // 1.2 GB, but 120 GB and 12 kB
		digits = 1
	}
	return s.say("calendar.size_"+units[unit], "Size", strconv.FormatFloat(n, 'f', digits, 64))
}
