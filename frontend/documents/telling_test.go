package documents

import (
	"strings"
	"testing"

	"quorate/agendas"
	"quorate/agendas/packs"
	"quorate/server/base/clock"
)

// A member who reads the pack alone must not miss that the young person objects, and a guest, who sees the
// item and not the case, must not learn what they said.
func TestPackSaysPlainlyWhoObjects(t *testing.T) {
	t.Parallel()
	objects := &agendas.Tabling{
		Told: agendas.ToldYoungPerson, ToldBy: "Pat Presenter", ToldOn: clock.MustDate("2026-11-02"), Response: agendas.Objects, Said: "Not with the school there.", Basis: agendas.Safeguarding,
	}
	content := &agendas.Tabling{Told: agendas.ToldYoungPerson, ToldBy: "Pat Presenter", ToldOn: clock.MustDate("2026-11-09"), Response: agendas.Content, Basis: agendas.Safeguarding}
	for name, c := range map[string]struct {
		change func(*packs.Entry)
		alarm  bool
		says   []string
		not    []string
	}{
		"objected, and still does":   {func(e *packs.Entry) { e.AsPublished, e.Tabling = objects, objects }, true, []string{"Not with the school there.", "Safeguarding"}, []string{"recorded since"}},
		"objects since":              {func(e *packs.Entry) { e.AsPublished, e.Tabling, e.Since = content, objects, true }, true, []string{"Not with the school there.", "recorded since"}, nil},
		"objected, and no more":      {func(e *packs.Entry) { e.AsPublished, e.Tabling, e.Since = objects, content, true }, false, []string{"They object to it", "They are content with it"}, nil},
		"nothing recorded":           {func(*packs.Entry) {}, false, []string{"Not on record"}, []string{"Basis for sharing"}},
		"recorded since, not before": {func(e *packs.Entry) { e.Tabling, e.Since = content, true }, false, []string{"9 November 2026, by Pat Presenter", "recorded since"}, []string{"Not on record"}},
		"a guest’s":                  {func(e *packs.Entry) { e.AsPublished, e.Tabling, e.Case.NoAccess = objects, objects, true }, false, nil, []string{"Telling the young person", "Not with the school", "Safeguarding"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pack := somePack(2)
			e := &pack.Entries[2]
			e.Facts = nil
			c.change(e)
			pack.Entries = pack.Entries[2:3]
			page, err := house.Page(t.Context(), pack)
			if err != nil {
				t.Fatal(err)
			}
			text := string(page)
			if strings.Contains(text, objecting) != c.alarm {
				t.Errorf("the alarm is %v, want %v", !c.alarm, c.alarm)
			}
			for _, want := range c.says {
				if !strings.Contains(text, want) {
					t.Errorf("does not say %q", want)
				}
			}
			for _, not := range c.not {
				if strings.Contains(text, not) {
					t.Errorf("says %q", not)
				}
			}
		})
	}
}
