package invitations_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"quorate/notify"
)

// The readers are other people's: python3-icalendar parses what is sent and khal shows the calendar that
// results. The tests' packages are installed by .ci/setup; without them this test does not pass.
const python = "/usr/bin/python3"

// client is a calendar program that does what RFC 5546 asks of one: an invitation is written to a folder
// when its sequence is not behind what is there, and a cancellation takes it out. It knows the files only
// through python3-icalendar.
const client = `
import glob, os, sys
from icalendar import Calendar

folder, files = sys.argv[1], sys.argv[2:]
for name in files:
    with open(name, 'rb') as f:
        calendar = Calendar.from_ical(f.read())
    events = [c for c in calendar.walk('VEVENT')]
    assert len(events) == 1, 'one event in ' + name
    event = events[0]
    assert not event.errors, event.errors
    method = str(calendar['METHOD'])
    assert str(event['ORGANIZER']).startswith('mailto:') and str(event['ATTENDEE']).startswith('mailto:')
    kept = os.path.join(folder, str(event['UID']) + '.ics')
    if os.path.exists(kept):
        with open(kept, 'rb') as f:
            before = [c for c in Calendar.from_ical(f.read()).walk('VEVENT')][0]
        if (int(event['SEQUENCE']), event['DTSTAMP'].dt) <= (int(before['SEQUENCE']), before['DTSTAMP'].dt):
            continue
        assert before['ORGANIZER'] == event['ORGANIZER'], 'another organiser'
    if method == 'CANCEL':
        assert str(event['STATUS']) == 'CANCELLED'
        if os.path.exists(kept):
            os.remove(kept)
        continue
    assert method == 'REQUEST' and event['ATTENDEE'].params['RSVP'] == 'TRUE'
    del calendar['METHOD']
    with open(kept + '.new', 'wb') as f:
        f.write(calendar.to_ical())
    os.replace(kept + '.new', kept)  # a folder of events is changed by renaming
`

// diary is a calendar on disk and khal to look at it.
type diary struct {
	t      *testing.T
	folder string
	config string
	count  int
}

func newDiary(t *testing.T) *diary {
	t.Helper()
	for _, tool := range []struct{ path, says string }{{python, "python3-icalendar"}, {"khal", "khal"}} {
		if _, err := exec.LookPath(tool.path); err != nil {
			t.Fatalf("this test needs %s: run .ci/setup, or apt-get install python3-icalendar khal", tool.says)
		}
	}
	home := t.TempDir()
	d := &diary{t: t, folder: filepath.Join(home, "calendar"), config: filepath.Join(home, "config")}
	if err := os.Mkdir(d.folder, 0o755); err != nil {
		t.Fatal(err)
	}
	config := "[calendars]\n[[meetings]]\npath = " + d.folder + "\n[locale]\nlocal_timezone = Europe/London\ndefault_timezone = Europe/London\ntimeformat = %H:%M\ndateformat = %d.%m.\nlongdateformat = %Y-%m-%d\ndatetimeformat = %d.%m. %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n[sqlite]\npath = " + filepath.Join(home, "khal.db") + "\n[default]\ndefault_calendar = meetings\n"
	if err := os.WriteFile(d.config, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *diary) run(name string, args ...string) string {
	d.t.Helper()
	command := exec.CommandContext(d.t.Context(), name, args...)
	command.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+filepath.Dir(d.config))
	said, err := command.CombinedOutput()
	if err != nil {
		d.t.Fatalf("%s: %v\n%s", name, err, said)
	}
	return string(said)
}

// takes has the client act on messages in the order they arrived.
func (d *diary) takes(messages ...notify.Message) {
	d.t.Helper()
	args := []string{"-c", client, d.folder}
	for _, m := range messages {
		d.count++
		file := filepath.Join(filepath.Dir(d.config), strconv.Itoa(d.count)+".ics")
		if err := os.WriteFile(file, m.Calendar.Text, 0o644); err != nil {
			d.t.Fatal(err)
		}
		args = append(args, file)
	}
	d.run(python, args...)
}

// shows is what khal lists from a day, a year on: "2026-12-08 13:30 16:00 title @ place".
func (d *diary) shows(from string) (events []string) {
	d.t.Helper()
	said := d.run("khal", "-c", d.config, "list", "--day-format", "", "--format", "{start-date-long} {start-time} {end-time} {title} @ {location}", from, "400d")
	for line := range strings.Lines(said) {
		if line = strings.TrimSpace(line); line != "" && line != "No events" {
			events = append(events, line)
		}
	}
	return events
}

// A file that only our own reader understands leaves a member's calendar wrong, and nobody notices until
// the chair is missing. So others' readers are asked: what is sent, moved and cancelled ends as nothing,
// in whatever order it is read again.
func TestOtherPeoplesReadersFollowAMeeting(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "reply.example.org")
	d := newDiary(t)
	const title = "Multi-agency placement and commissioning panel (MAPaC)"

	m := w.call(day("2026-12-08").At(13, 30))
	invited := to(w.health, w.settle())
	d.takes(invited...)
	if got := d.shows("2026-12-01"); len(got) != 1 || got[0] != "2026-12-08 13:30 16:00 "+title+" @ Committee room 2, County Hall, https://meet.example.org/mapac" {
		t.Fatalf("invited, khal shows %q", got)
	}
	m = w.move(m, day("2026-12-10").At(9, 30), "Town Hall; room “Æther”, 2nd floor")
	moved := to(w.health, w.settle())
	d.takes(moved...)
	if got := d.shows("2026-12-01"); len(got) != 1 || got[0] != "2026-12-10 09:30 12:00 "+title+" @ Town Hall; room “Æther”, 2nd floor" {
		t.Fatalf("moved, khal shows %q", got)
	}
	d.takes(invited...) // arrives again, late
	if got := d.shows("2026-12-01"); len(got) != 1 || !strings.HasPrefix(got[0], "2026-12-10") {
		t.Fatalf("after a late repeat, khal shows %q", got)
	}
	w.cancel(m)
	d.takes(to(w.health, w.settle())...)
	if got := d.shows("2026-12-01"); len(got) != 0 {
		t.Errorf("cancelled, khal shows %q", got)
	}
}

// Half past one is half past one by the clock on the wall, the week before the clocks change and after.
func TestOtherPeoplesReadersShowTheLocalTimeAcrossBothChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	d := newDiary(t)
	var want []string
	for _, iso := range []string{"2027-03-26", "2027-03-29", "2027-10-29", "2027-11-01", "2027-03-27", "2027-03-28", "2027-10-31"} {
		w.call(day(iso).At(13, 30))
	}
	for _, iso := range []string{"2027-03-26", "2027-03-27", "2027-03-28", "2027-03-29", "2027-10-29", "2027-10-31", "2027-11-01"} {
		want = append(want, iso+" 13:30 16:00")
	}
	d.takes(to(w.health, w.settle())...)
	got := d.shows("2027-03-01")
	if len(got) != len(want) {
		t.Fatalf("khal shows %q", got)
	}
	for i := range got {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("khal shows %q, want %s", got[i], want[i])
		}
	}
}

// A feed is read by programs nobody here has chosen.
func TestOtherPeoplesReadersReadAFeed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	d := newDiary(t)
	w.call(day("2026-12-08").At(13, 30))
	w.cancel(w.call(day("2026-12-15").At(13, 30)))
	w.call(day("2027-06-08").At(9, 0))
	secret, err := w.invites.MakeFeed(t.Context(), w.actor(w.health), uuid.Nil)
	w.must(err)
	fetched, err := w.invites.Fetch(t.Context(), secret)
	w.must(err)
	if err := os.WriteFile(filepath.Join(d.folder, "feed.ics"), fetched.Text, 0o644); err != nil {
		t.Fatal(err)
	}
	said := d.run(python, "-c", `
import sys
from icalendar import Calendar
calendar = Calendar.from_ical(open(sys.argv[1], 'rb').read())
events = calendar.walk('VEVENT')
assert not any(e.errors for e in events)
print(calendar['X-WR-CALNAME'], calendar['REFRESH-INTERVAL'].params['VALUE'], calendar['X-PUBLISHED-TTL'], len(events))
for e in events:
    print(e['DTSTART'].dt.strftime('%Y-%m-%d %H:%M'), e['STATUS'], 'ATTENDEE' in e)
`, filepath.Join(d.folder, "feed.ics"))
	want := "Quorate: my meetings DURATION PT60M 3\n2026-12-08 13:30 CONFIRMED False\n2026-12-15 13:30 CANCELLED False\n2027-06-08 09:00 CONFIRMED False\n"
	if said != want {
		t.Errorf("python3-icalendar reads\n%swant\n%s", said, want)
	}
	// khal keeps one event a file; the feed's stand in files of their own, as a program that fetches it keeps them.
	d.run(python, "-c", `
import os, sys
from icalendar import Calendar
calendar = Calendar.from_ical(open(sys.argv[1], 'rb').read())
zones = calendar.walk('VTIMEZONE')
for e in calendar.walk('VEVENT'):
    one = Calendar()
    one.add('version', '2.0'); one.add('prodid', calendar['PRODID'])
    for z in zones: one.add_component(z)
    one.add_component(e)
    open(os.path.join(os.path.dirname(sys.argv[1]), str(e['UID']) + '.ics'), 'wb').write(one.to_ical())
os.remove(sys.argv[1])
`, filepath.Join(d.folder, "feed.ics"))
	got := d.shows("2026-12-01")
	if len(got) != 3 || !strings.HasPrefix(got[1], "2026-12-15 13:30 16:00 Cancelled: ") || !strings.HasPrefix(got[2], "2027-06-08 09:00 11:30") {
		t.Errorf("khal shows %q", got)
	}
}
