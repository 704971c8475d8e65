package db

import (
	"strings"
	"testing"
)

// "exec: not found" tells a clerk's laptop nothing; the sentence names what to install.
func TestMissingPostgresIsExplained(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		installed map[int]string
		version   int
		bin, says string
	}{
		{nil, 0, "", "Install Postgres 15 or later"},
		{map[int]string{15: "/15", 17: "/17"}, 0, "/17", ""},
		{map[int]string{15: "/15", 17: "/17"}, 15, "/15", ""},
		{map[int]string{17: "/17"}, 15, "", "was made by Postgres 15, which is not installed"},
	} {
		bin, err := chooseBinaries(c.installed, c.version, "/data")
		if bin != c.bin || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, data of %d: %q, %v", c.installed, c.version, bin, err)
		}
	}
}
