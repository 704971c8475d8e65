package room_test

import (
	"testing"
)

// What is kept of a meeting's table from one command to the next must not outlast what it was read from:
// the ballot of somebody whose seat has ended would be counted.
func TestKnownEndsWithWhatItWasReadFrom(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.inSession(h.ann, h.hal)
	for name, change := range map[string]string{
		"an agency renamed":      `update agency set name = name || '.'`,
		"a forum renamed":        `update forum set name = name || '.'`,
		"terms brought in":       `update terms_of_reference set quorum_members = 3`,
		"a seat added":           `insert into seat (id, forum_id, name, office, standing, position, version) select gen_random_uuid(), forum_id, 'One more', office, standing, 99, 1 from seat limit 1`,
		"a holding ended":        `update seat_holding set to_date = from_date`,
		"a person renamed":       `update person set name = name || '.'`,
		"a guest's place ended":  `update meeting_guest set ended_at = now()`,
		"an item about a case":   `update agenda_item set case_id = case_id where case_id is not null`,
		"an interest taken back": `update interest set withdrawn_reason = withdrawn_reason`,
		"cases merged":           `update cases set merged_into = merged_into`,
	} {
		before := h.count(`select version from room_basis`)
		h.owner(change)
		if after := h.count(`select version from room_basis`); after <= before {
			t.Errorf("%s: the basis stayed at %d", name, after)
		}
	}
	h.must(h.store.CheckKnown(t.Context(), h.meeting.ID))
}
