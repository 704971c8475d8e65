package room_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"quorate/panels/room"
)

// A chair who believes there is time leaves the last young person undecided. The page's script is held
// to the same examples.
func TestPace(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/pace.json")
	if err != nil {
		t.Fatal(err)
	}
	var examples []struct {
		Why   string
		Pace  room.PaceView
		Now   time.Time
		Words string
	}
	if err := json.Unmarshal(text, &examples); err != nil || len(examples) < 6 {
		t.Fatal(len(examples), err)
	}
	for _, e := range examples {
		if got := e.Pace.At(e.Now).Words(); got != e.Words {
			t.Errorf("%s: %q, want %q", e.Why, got, e.Words)
		}
	}
}
