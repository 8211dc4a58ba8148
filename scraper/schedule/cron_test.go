package schedule

import (
	"testing"
	"time"
	_ "time/tzdata" // where the system has no zones
)

var beijing = time.FixedZone("UTC+8", 8*60*60)

func TestCronNext(t *testing.T) {
	const layout = "2006-01-02 15:04"
	tests := []struct{ name, spec, from, want string }{
		{"every six hours", "0 */6 * * *", "2026-03-10 05:59", "2026-03-10 06:00"},
		{"strictly after", "0 */6 * * *", "2026-03-10 06:00", "2026-03-10 12:00"},
		{"over midnight", "0 */6 * * *", "2026-03-10 18:30", "2026-03-11 00:00"},
		{"list and range", "15,45 8-9 * * *", "2026-03-10 08:20", "2026-03-10 08:45"},
		{"next day", "15,45 8-9 * * *", "2026-03-10 09:45", "2026-03-11 08:15"},
		{"weekday by name", "30 2 * * mon", "2026-03-10 00:00", "2026-03-16 02:30"},
		{"Sunday is 7 as well", "0 0 * * 7", "2026-03-10 00:00", "2026-03-15 00:00"},
		{"day or weekday", "0 0 13 * fri", "2026-03-10 00:00", "2026-03-13 00:00"},
		{"day or weekday, the weekday", "0 0 14 * thu", "2026-03-10 00:00", "2026-03-12 00:00"},
		{"star with step is no restriction", "0 0 */2 * thu", "2026-03-10 00:00", "2026-03-19 00:00"},
		{"month by name", "0 3 1 jul *", "2026-08-01 00:00", "2027-07-01 03:00"},
		{"leap day", "0 0 29 2 *", "2026-03-10 00:00", "2028-02-29 00:00"},
		{"step from a number", "5/20 * * * *", "2026-03-10 00:06", "2026-03-10 00:25"},
		{"daily", "@daily", "2026-03-10 00:00", "2026-03-11 00:00"},
		{"no such day", "0 0 31 2 *", "2026-03-10 00:00", ""},
		{"end of year", "59 23 31 12 *", "2026-12-31 23:59", "2027-12-31 23:59"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := ParseCron(tt.spec, beijing)
			if err != nil {
				t.Fatal(err)
			}
			from, err := time.ParseInLocation(layout, tt.from, beijing)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if next := c.Next(from); !next.IsZero() {
				got = next.Format(layout)
			}
			if got != tt.want {
				t.Errorf("after %s: got %q, want %q", tt.from, got, tt.want)
			}
		})
	}
}

func TestCronErrors(t *testing.T) {
	for _, spec := range []string{"", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "a * * * *", "*/0 * * * *", "5-1 * * * *", "1- * * * *", "@often", "1,,2 * * * *"} {
		if _, err := ParseCron(spec, nil); err == nil {
			t.Errorf("ParseCron(%q): no error", spec)
		}
	}
}

// Where clocks are put forward and back, each time that an expression names comes once: what is left out comes right after it, what
// the clock shows twice comes at the first time. Every hour is every hour. Where midnight is left out, too, the search ends.
func TestCronSummerTime(t *testing.T) {
	const layout = "2006-01-02 15:04 -0700"
	for name, tt := range map[string]struct {
		zone, spec, from string
		want             []string
	}{
		"left out": {"Europe/Berlin", "30 2 * * *", "2026-03-28 00:00 +0100",
			[]string{"2026-03-28 02:30 +0100", "2026-03-29 03:00 +0200", "2026-03-30 02:30 +0200"}},
		"twice": {"Europe/Berlin", "30 2 * * *", "2026-10-24 12:00 +0200",
			[]string{"2026-10-25 02:30 +0200", "2026-10-26 02:30 +0100"}},
		"asked between the two": {"Europe/Berlin", "30 2 * * *", "2026-10-25 02:40 +0200", []string{"2026-10-26 02:30 +0100"}},
		"before the hour left out": {"Europe/Berlin", "30 1 * * *", "2026-03-28 12:00 +0100",
			[]string{"2026-03-29 01:30 +0100", "2026-03-30 01:30 +0200"}},
		"right after it": {"Europe/Berlin", "0 2,3 * * *", "2026-03-29 00:00 +0100",
			[]string{"2026-03-29 03:00 +0200", "2026-03-30 02:00 +0200"}},
		"several in it": {"Europe/Berlin", "*/20 2 * * *", "2026-03-29 00:00 +0100",
			[]string{"2026-03-29 03:00 +0200", "2026-03-30 02:00 +0200", "2026-03-30 02:20 +0200"}},
		"another day's": {"Europe/Berlin", "30 2 * * mon", "2026-03-28 00:00 +0100", []string{"2026-03-30 02:30 +0200"}},
		"every hour, forward": {"Europe/Berlin", "30 * * * *", "2026-03-29 01:00 +0100",
			[]string{"2026-03-29 01:30 +0100", "2026-03-29 03:30 +0200"}},
		"every hour, back": {"Europe/Berlin", "30 * * * *", "2026-10-25 02:00 +0200",
			[]string{"2026-10-25 02:30 +0200", "2026-10-25 02:30 +0100", "2026-10-25 03:30 +0100"}},
		"midnight left out": {"America/Santiago", "0 0 * * *", "2026-09-05 12:00 -0400",
			[]string{"2026-09-06 01:00 -0300", "2026-09-07 00:00 -0300"}},
		"a day whose midnight is left out": {"America/Havana", "30 5 * * sun", "2026-03-05 12:00 -0500",
			[]string{"2026-03-08 05:30 -0400", "2026-03-15 05:30 -0400"}},
		"a month later": {"America/Santiago", "0 3 1 oct *", "2026-09-01 12:00 -0400", []string{"2026-10-01 03:00 -0300"}},
		"half an hour":  {"Australia/Lord_Howe", "15 2 * * *", "2026-10-03 12:00 +1030", []string{"2026-10-04 02:30 +1100", "2026-10-05 02:15 +1100"}},
	} {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation(tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			c, err := ParseCron(tt.spec, zone)
			if err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse(layout, tt.from)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				next := c.Next(at)
				if got := next.Format(layout); got != want {
					t.Fatalf("after %s: got %s, want %s", at.In(zone).Format(layout), got, want)
				}
				at = next
			}
		})
	}
}

// Through eight years of each zone's changes a daily job runs once on each day, and the search always ends.
func TestCronEachDayOnce(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "America/Havana", "America/Santiago", "Asia/Beirut", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Shanghai"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range []string{"0 0 * * *", "30 0 * * *", "30 1 * * *", "0 2 * * *", "30 2 * * *", "0 3 * * *"} {
			c, err := ParseCron(spec, zone)
			if err != nil {
				t.Fatal(err)
			}
			at := time.Date(2010, 1, 1, 12, 0, 0, 0, zone)
			for day := time.Date(2010, 1, 2, 0, 0, 0, 0, time.UTC); day.Year() < 2018; day = day.AddDate(0, 0, 1) {
				at = c.Next(at)
				if got := at.Format(time.DateOnly); got != day.Format(time.DateOnly) {
					t.Fatalf("%s %q: %v, want it on %s", name, spec, at, day.Format(time.DateOnly))
				}
			}
		}
	}
}

func FuzzCron(f *testing.F) {
	f.Add("0 */6 * * *")
	f.Add("1-5,7/2 3 * jan-mar sun")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCron(text, beijing)
		if err != nil {
			if c != nil {
				t.Error("an error and a value")
			}
			return
		}
		from := time.Date(2026, 3, 10, 11, 22, 33, 0, beijing)
		next := c.Next(from)
		if next.IsZero() {
			return
		}
		if !next.After(from) || next.Second() != 0 {
			t.Errorf("next of %v is %v", from, next)
		}
		if again := c.Next(next.Add(-time.Second)); !again.Equal(next) {
			t.Errorf("asked a second before %v: %v", next, again)
		}
	})
}

func TestWindow(t *testing.T) {
	const layout = "2006-01-02 15:04"
	tests := []struct{ name, window, at, opens, closes string }{
		{"within", "08:00-18:00", "2026-03-10 12:00", "2026-03-10 12:00", "2026-03-10 18:00"},
		{"before", "08:00-18:00", "2026-03-10 07:59", "2026-03-10 08:00", ""},
		{"after", "08:00-18:00", "2026-03-10 18:00", "2026-03-11 08:00", ""},
		{"over midnight, evening", "22:00-06:00", "2026-03-10 23:00", "2026-03-10 23:00", "2026-03-11 06:00"},
		{"over midnight, morning", "22:00-06:00", "2026-03-10 05:00", "2026-03-10 05:00", "2026-03-10 06:00"},
		{"over midnight, day", "22:00-06:00", "2026-03-10 06:00", "2026-03-10 22:00", ""},
		{"at its opening", "22:00-06:00", "2026-03-10 22:00", "2026-03-10 22:00", "2026-03-11 06:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, err := ParseWindow(tt.window, beijing)
			if err != nil {
				t.Fatal(err)
			}
			at, err := time.ParseInLocation(layout, tt.at, beijing)
			if err != nil {
				t.Fatal(err)
			}
			if got := w.Opens(at).Format(layout); got != tt.opens {
				t.Errorf("opens %s, want %s", got, tt.opens)
			}
			got := ""
			if c := w.Closes(at); !c.IsZero() {
				got = c.Format(layout)
			}
			if got != tt.closes {
				t.Errorf("closes %q, want %q", got, tt.closes)
			}
		})
	}
	for _, text := range []string{"", "22:00", "22:00-22:00", "25:00-06:00", "a-b"} {
		if _, err := ParseWindow(text, nil); err == nil {
			t.Errorf("ParseWindow(%q): no error", text)
		}
	}
	var whole Window
	if at := time.Now(); !whole.Opens(at).Equal(at) || !whole.Closes(at).IsZero() {
		t.Error("the zero window is not the whole day")
	}
}
