package room_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"quorate/panels/room"
)

// holds checks, after each step that changed something, all that must always be true of the rows. One that
// was refused left nothing: try sees to that.
func (w *walk) holds(*rapid.T) {
	if at := w.meeting.ID.String() + strconv.FormatInt(w.state.Seq(), 10); w.heldAt != at {
		w.heldAt = at
	} else {
		return
	}
	w.positionsAreThose()
	w.decisionsStand()
	w.nobodySees()
}

// positionsAreThose holds every vote to the model: the positions that count are those that were given by
// somebody who was here, unconflicted and the one to speak, and no others; a closed vote came to what they come
// to, and from then on nothing of it changes.
func (w *walk) positionsAreThose() {
	for _, vote := range rowsOf[struct {
		ID                                   uuid.UUID
		Closed, Quorate, Carried, Tied, Prov bool
		Standing, Words                      string
	}](w, `select id, closed_at is not null as closed, quorate, carried, tied, provisional as prov,
		coalesce((select string_agg(concat_ws(' ', b.votes_for, b.person_id, b.position, b.condition <> ''), E'\n' order by b.votes_for::text) from ballot b
			where b.vote_id = v.id and b.superseded_at is null), '') as standing,
		to_jsonb(v)::text
		|| coalesce((select jsonb_agg(s order by s.agency_id) from vote_share s where s.vote_id = v.id)::text, '')
		|| coalesce((select jsonb_agg(b order by b.id) from ballot b where b.vote_id = v.id)::text, '') as words
		from vote v where v.meeting_id in (select id from meeting where forum_id = ?) order by id`, w.forum.ID) {
		p := w.pollOf(vote.ID)
		if p == nil {
			w.rt.Fatalf("vote %s was opened by nobody", vote.ID)
		}
		var given []string
		for voice, one := range p.given {
			conditional := "f"
			if one.conditional {
				conditional = "t"
			}
			given = append(given, fmt.Sprint(voice, " ", one.person, " ", one.position, " ", conditional))
		}
		slices.Sort(given)
		if want := strings.Join(given, "\n"); vote.Standing != want {
			w.rt.Fatalf("in vote %s these count:\n%s\nand these were given:\n%s", vote.ID, vote.Standing, want)
		}
		if vote.Closed != p.closed || vote.Prov != p.provisional || p.closed && (vote.Quorate != p.quorate || vote.Carried != p.carried || vote.Tied != p.tie) {
			w.rt.Fatalf("vote %s is closed: %t, provisional: %t, quorate: %t, carried: %t, tied: %t; by the model %t, %t, %t, %t, %t",
				vote.ID, vote.Closed, vote.Prov, vote.Quorate, vote.Carried, vote.Tied, p.closed, p.provisional, p.quorate, p.carried, p.tie)
		}
		if was, known := w.asClosed[vote.ID]; known && was != vote.Words {
			w.rt.Fatalf("a closed vote changed:\n%s\n%s", was, vote.Words)
		}
		if vote.Closed && w.asClosed[vote.ID] == "" {
			w.asClosed[vote.ID] = vote.Words
			w.votes++
		}
	}
}

// decisionsStand holds every decision to how it was confirmed, and a new one to what it must rest on.
func (w *walk) decisionsStand() {
	rows := rowsOf[decisionRow](w, `select d.*, to_jsonb(d)::text
		|| coalesce((select jsonb_agg(s order by s.agency_id) from decision_share s where s.decision_id = d.id)::text, '')
		|| coalesce((select jsonb_agg(c order by c.position) from decision_condition c where c.decision_id = d.id)::text, '')
		|| coalesce((select jsonb_agg(n order by n.kind, n.agency_id) from decision_need n where n.decision_id = d.id)::text, '') as words,
		exists (select from decision_need n left join decision_answer a on a.decision_id = n.decision_id and a.kind = n.kind and a.agency_id = n.agency_id
			where n.decision_id = d.id and a.agreed is not true) as open,
		exists (select from binding_decision b where b.decision_id = d.id) as binds
		from decision d where d.forum_id = ? order by d.id`, w.forum.ID)
	there := map[uuid.UUID]bool{}
	for _, row := range rows {
		there[row.ID] = true
		was, known := w.confirmed[row.ID]
		if !known {
			w.confirmed[row.ID] = row.Words
			w.restsOnSomething(row)
		} else if was != row.Words {
			w.rt.Fatalf("a confirmed decision changed:\n%s\n%s", was, row.Words)
		}
		if row.Binds == row.Open { // it binds when everybody whose yes it needs has given it, and not before
			w.rt.Fatalf("with a yes still to come: %t, decision %s binds: %t", row.Open, row.ID, row.Binds)
		}
	}
	for id := range w.confirmed {
		if !there[id] {
			w.rt.Fatalf("decision %s is gone", id)
		}
	}
}

type decisionRow struct {
	ID, ItemID, ConfirmedBy uuid.UUID
	VoteID, AlsoConfirmedBy *uuid.UUID
	Outcome                 room.Outcome
	Words                   string
	Open, Binds             bool
}

// restsOnSomething checks a decision that was just confirmed: what agrees to anything had a quorum and was
// carried, or is provisional and waits; each payer consented, or is asked; the shares are those that were voted
// on, and add up; where two chairs confirm, two did.
func (w *walk) restsOnSomething(d decisionRow) {
	g := w.grounds[d.ItemID]
	if g == nil || g.outcome != d.Outcome {
		w.rt.Fatalf("a decision (%s) that nobody confirmed: %+v", d.Outcome, g)
	}
	w.decisions++
	if d.Outcome == room.Provisional {
		w.provisionals++
	}
	if w.rules.BothChairsConfirm && (d.AlsoConfirmedBy == nil || *d.AlsoConfirmedBy == d.ConfirmedBy) {
		w.rt.Fatal("one chair’s word is on the record as the decision of two")
	}
	if (d.VoteID == nil) != (g.poll == nil) || g.poll != nil && *d.VoteID != g.poll.id {
		w.rt.Fatalf("a decision rests on vote %v, and not on %+v", d.VoteID, g.poll)
	}
	shares := rowsOf[room.Share](w, `select agency_id, weekly_pence, one_off_pence from decision_share where decision_id = ? and (weekly_pence > 0 or one_off_pence > 0) order by agency_id`, d.ID)
	if agrees(d.Outcome) || d.Outcome == room.Provisional {
		w.sharesAreThose(d, g, shares)
	} else if len(shares) > 0 {
		w.rt.Fatalf("%s and yet somebody pays", d.Outcome)
	}
	if agrees(d.Outcome) {
		switch p := g.poll; {
		case p == nil && (!g.quorate || len(shares) > 0):
			w.rt.Fatalf("%s without a vote, quorate: %t, with %d shares", d.Outcome, g.quorate, len(shares))
		case p != nil && (!p.quorate || p.provisional):
			w.rt.Fatalf("%s on a vote without a quorum", d.Outcome)
		case p != nil && !p.carried && !(p.tie && g.casting == room.For):
			w.rt.Fatalf("%s on a vote that was lost", d.Outcome)
		}
	}
	needs := rowsOf[string](w, `select kind || ' ' || agency_id from decision_need where decision_id = ?`, d.ID)
	slices.Sort(needs)
	if want := w.needs(g, d.ItemID, shares); !slices.Equal(needs, want) {
		w.rt.Fatalf("a decision (%s) waits for\n%v\nand by the model for\n%v", d.Outcome, needs, want)
	}
	for _, share := range shares {
		switch asked := slices.Contains(needs, string(room.Endorsement)+" "+share.AgencyID.String()); {
		case g.poll != nil && g.poll.consented(share.AgencyID):
			w.consents++
		case agrees(d.Outcome):
			w.rt.Fatalf("%s binds an agency that did not consent to its share", d.Outcome)
		case !asked:
			w.rt.Fatal("a provisional decision has an agency pay that neither consented nor is asked")
		}
	}
}

// sharesAreThose: what is paid is what was voted on, to the penny and by the same agencies.
func (w *walk) sharesAreThose(d decisionRow, g *grounds, shares []room.Share) {
	voted := w.proposed(room.OpenVote{ItemID: d.ItemID, Outcome: room.Agreed})
	switch {
	case g.poll != nil:
		voted = g.poll
	case !g.alone:
		voted.shares = nil
	}
	weekly, oneOff := int64(0), int64(0)
	for _, share := range shares {
		weekly, oneOff = weekly+share.WeeklyPence, oneOff+share.OneOffPence
		if share != voted.share(share.AgencyID) {
			w.rt.Fatalf("an agency pays %+v, and was asked for %+v", share, voted.share(share.AgencyID))
		}
	}
	if len(shares) != len(voted.payers()) {
		w.rt.Fatalf("%d agencies pay, and %d were asked", len(shares), len(voted.payers()))
	}
	if w.ofRequest(d.ItemID) && voted.outcome != room.AgreedInPart && len(shares) > 0 && (weekly != askedWeekly || oneOff != askedOnce) {
		w.rt.Fatalf("the shares come to %d a week and %d once", weekly, oneOff)
	}
}

// nobodySees: whoever left for the young person reads nothing of them, whoever is out of a deliberation nothing
// of the item, nobody how somebody else votes before the close, and guests what is not theirs nothing at all.
func (w *walk) nobodySees() {
	item, stage := w.opened()
	private := stage == room.Deliberation && item == w.matter
	for _, person := range w.people {
		shown := w.screens[person.PersonID]
		if shown == nil {
			continue
		}
		hides := func(why string, words ...string) {
			for name, text := range shown.sections {
				for _, word := range words {
					if strings.Contains(string(text), word) {
						w.rt.Fatalf("%s, who %s, sees %q in %q: %s", person.Name, why, word, name, text)
					}
				}
			}
		}
		if w.left(person.PersonID, w.matter) {
			hides("left for the young person", "Canary", "CANARY-NEED", "CANARY-NOTE")
		}
		if private && (person.PersonID == w.pia.PersonID || person.PersonID == w.robin.PersonID) {
			hides("is out of the deliberation", "CANARY-NEED")
		}
		if slices.ContainsFunc(w.outsiders, func(id uuid.UUID) bool { return id == person.PersonID }) {
			hides("joins one item", "CANARY-NOTE", "Welcome and apologies")
		}
		if person.PersonID == w.robin.PersonID {
			hides("is the young person", "CANARY-WHY", "CANARY-REASONS")
		}
		if p := w.open(); p != nil && !w.aloud() {
			for _, other := range w.people {
				if other.PersonID != person.PersonID {
					hides("is not "+other.Name, why(p, other))
				}
			}
		}
	}
}
