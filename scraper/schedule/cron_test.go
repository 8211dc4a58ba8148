package schedule

import (
	"testing"
	"time"
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

// In a zone with summer time no hour is left out or run into without end.
func TestCronSummerTime(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	c, err := ParseCron("30 2 * * *", zone)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 27, 12, 0, 0, 0, zone)
	for range 400 {
		next := c.Next(at)
		if !next.After(at) || next.Sub(at) > 50*time.Hour || next.Minute() != 30 || next.Hour() != 2 {
			t.Fatalf("after %v comes %v", at, next)
		}
		at = next
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
