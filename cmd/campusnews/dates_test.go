package main

import "testing"

func TestIsDate(t *testing.T) {
	for v, want := range map[string]bool{
		"2016": true, "2016-07": true, "2016-07-22": true, "2016-02-29": true,
		"": false, "16": false, "201": false, "2016-": false, "2016-7": false, "2016-13": false, "2016-02-30": false, "2016-07-2": false, "2016-07-22T": false, "2016/07": false,
	} {
		if got := isDate(v); got != want {
			t.Errorf("%q: got %t, want %t", v, got, want)
		}
	}
}
