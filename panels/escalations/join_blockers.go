package escalations

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Join makes one blocker of two that have the same cause.
type Join struct {
	OneID, OtherID           uuid.UUID
	OneVersion, OtherVersion int
	YoungPeople              int    // that both together affect, each counted once
	WeeklyPence              *int64 // what is at stake for both together
	Reason                   string // why they are one
}

// JoinBlockers closes one of two open blockers in favour of the other: its cases, decisions, money, young
// people and story go with it, whichever got further goes on, and the earliest clock is kept. What was asked of a
// board about the one that ends is taken back, so that a board is asked once. Both owners and both forums are told.
func (s *Store) JoinBlockers(ctx context.Context, actor access.Actor, j Join) (Blocker, error) {
	var stays Blocker
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		one, other, err := lockTwo(tx, j.OneID, j.OtherID)
		if err != nil {
			return err
		}
		if err := mayChange(tx, one, j.OneVersion); err != nil {
			return err
		}
		if err := mayChange(tx, other, j.OtherVersion); err != nil {
			return err
		}
		var ends Blocker
		if stays, ends, err = whichStays(tx, one, other); err != nil {
			return err
		}
		cases, err := casesOfBoth(tx, stays, ends)
		if err != nil {
			return err
		}
		if err := j.check(tx, stays, ends, cases); err != nil {
			return err
		}
		return join(tx, &stays, ends, cases, j)
	})
	return stays, err
}

// lockTwo locks two blockers in one order, whichever is named first.
func lockTwo(tx db.Tx, oneID, otherID uuid.UUID) (one, other Blocker, err error) {
	if oneID == otherID {
		return one, other, fault.New(fault.Invalid, "A blocker cannot be joined with itself.")
	}
	ids := []uuid.UUID{oneID, otherID}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	for _, id := range ids {
		b, err := lockBlocker(tx, id)
		if err != nil {
			return one, other, err
		}
		if id == oneID {
			one = b
		} else {
			other = b
		}
	}
	return one, other, nil
}

// Further says which of two blockers goes on when they are joined: the one before a board, else the one higher
// on its ladder, else the one that has been at its level longer, else the older. Heights count from the forum.
func Further(one, other Blocker, oneHeight, otherHeight int) bool {
	switch {
	case (one.Level == BoardLevel) != (other.Level == BoardLevel):
		return one.Level == BoardLevel
	case oneHeight != otherHeight:
		return oneHeight > otherHeight
	case one.LevelSince != other.LevelSince:
		return one.LevelSince.Before(other.LevelSince)
	case !one.RaisedAt.Equal(other.RaisedAt):
		return one.RaisedAt.Before(other.RaisedAt)
	default:
		return one.Number < other.Number
	}
}

func whichStays(tx db.Tx, one, other Blocker) (stays, ends Blocker, err error) {
	heights := [2]int{}
	for i, b := range []Blocker{one, other} {
		ladder, err := ladderOf(tx, b.ForumID)
		if err != nil {
			return one, other, err
		}
		heights[i] = slices.IndexFunc(ladder, func(l Level) bool { return l.Key == b.Level })
	}
	if Further(one, other, heights[0], heights[1]) {
		return one, other, nil
	}
	return other, one, nil
}

// both is what two blockers name and affect together, each young person counted once.
type both struct {
	stays, ends []uuid.UUID
	all         []uuid.UUID
}

func casesOfBoth(tx db.Tx, stays, ends Blocker) (b both, err error) {
	if b.stays, err = concerned(tx, stays.ID); err != nil {
		return b, err
	}
	if b.ends, err = concerned(tx, ends.ID); err != nil {
		return b, err
	}
	b.all = slices.Clone(b.stays)
	for _, id := range b.ends {
		if !slices.Contains(b.all, id) {
			b.all = append(b.all, id)
		}
	}
	return b, nil
}

// youngPeople is how many both affect when nobody they do not name is in both.
func (b both) youngPeople(stays, ends Blocker) int {
	return len(b.all) + max(0, stays.YoungPeople-len(b.stays)) + max(0, ends.YoungPeople-len(b.ends))
}

// weekly is what is at stake for both, when no money of one is money of the other; for the same young people
// it is the larger.
func (b both) weekly(stays, ends Blocker) *int64 {
	switch {
	case stays.WeeklyPence == nil:
		return ends.WeeklyPence
	case ends.WeeklyPence == nil:
		return stays.WeeklyPence
	}
	sum := *stays.WeeklyPence + *ends.WeeklyPence
	if len(b.all) < len(b.stays)+len(b.ends) {
		sum = max(*stays.WeeklyPence, *ends.WeeklyPence)
	}
	return &sum
}

func (j Join) check(tx db.Tx, stays, ends Blocker, cases both) error {
	var form fault.Form
	reason := strings.TrimSpace(j.Reason)
	form.Require(reason != "", "reason", "Enter why they are one")
	form.Require(len([]rune(reason)) <= longestNeeded, "reason", "The reason must be 500 characters or fewer")
	form.Require(len(cases.all) <= mostCases, "reason", fmt.Sprintf("Together they name more than %d cases", mostCases))
	form.Require(j.YoungPeople >= max(1, len(cases.all)) && j.YoungPeople <= 100000, "young_people",
		fmt.Sprintf("Enter how many young people both affect, at least %d", max(1, len(cases.all))))
	form.Require(j.WeeklyPence == nil || *j.WeeklyPence >= 0, "weekly", "Enter the weekly money, like 1204.50")
	if err := checkBoardSafe(tx, &form, cases.all, map[string]string{"theme": stays.Theme, "needed": stays.Needed}); err != nil {
		return err
	}
	if err := form.Err(); err != nil {
		return err
	}
	return checkOwnerMaySee(tx, stays.OwnerID, ends.ID)
}

// checkOwnerMaySee: nobody is handed a young person whose item they left because of an interest.
func checkOwnerMaySee(tx db.Tx, owner, blockerID uuid.UUID) error {
	var left bool
	err := tx.Raw(`select exists (`+interestInBlocker("@owner", "@blocker")+`)`, map[string]any{"owner": owner, "blocker": blockerID}).Scan(&left).Error
	if err != nil || !left {
		return err
	}
	person, err := panels.PersonByID(tx, owner)
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "%s, who owns it, left for what this is about. Pass the blocker on to somebody else first.", person.Name)
}

// join makes one of two locked blockers. The earliest clock wins: the day it was raised, the day it is needed by,
// and the day a board's answer is due.
func join(tx db.Tx, stays *Blocker, ends Blocker, cases both, j Join) error {
	before := *stays
	reason := sentence(strings.TrimSpace(j.Reason))
	if err := closeInto(tx, ends, *stays, reason); err != nil {
		return err
	}
	stays.YoungPeople, stays.WeeklyPence = j.YoungPeople, j.WeeklyPence
	if ends.RaisedAt.Before(stays.RaisedAt) {
		stays.RaisedAt = ends.RaisedAt
	}
	stays.NeededBy = earlier(stays.NeededBy, ends.NeededBy)
	if len(cases.all) > 1 || len(cases.all) == 1 && stays.YoungPeople > 1 {
		stays.CaseID = nil
	} else if stays.CaseID == nil && len(cases.all) == 1 {
		stays.CaseID = &cases.all[0]
	}
	if err := carryOver(tx, *stays, ends, cases.all); err != nil {
		return err
	}
	stays.Version++
	err := db.RequireOne(tx.Model(&Blocker{}).Where("id = ? and version = ?", stays.ID, before.Version).
		Select("young_people", "weekly_pence", "raised_at", "needed_by", "case_id", "version").Updates(stays))
	if err != nil {
		return err
	}
	words := fmt.Sprintf("%s of %s joined this blocker, because they have one cause: %s", ends.Reference(), ends.LevelName, reason)
	stepID, err := addStep(tx, stays.ID, Step{Kind: StepJoined, FromLevel: stays.LevelName, Words: words, BoardWords: ends.Reference() + " joined this blocker, because they have one cause."})
	if err != nil {
		return err
	}
	err = tx.Exec(`insert into blocker_cause (blocker_id, rule, evidence, step_id) select ?, rule, evidence, ? from blocker_cause where blocker_id = ? and rule <> ? on conflict do nothing`,
		stays.ID, stepID, ends.ID, TimeUp).Error
	if err != nil {
		return err
	}
	if err := tellOfJoin(tx, *stays, ends); err != nil {
		return err
	}
	return record(tx, "blocker.joined", stays.ID, stays.ForumID, before, stays)
}

// closeInto closes a blocker in favour of the one that goes on. What was asked of a board about it is asked about
// the other, by the earlier day, or taken back.
func closeInto(tx db.Tx, ends, stays Blocker, reason string) error {
	if err := keepEarlierAnswerDay(tx, ends, stays); err != nil {
		return err
	}
	if err := withdraw(tx, ends.ID); err != nil {
		return err
	}
	if err := leaveAgendas(tx, ends); err != nil {
		return err
	}
	after := ends
	after.State, after.ResolvedAt, after.JoinedInto, after.Version = Resolved, &tx.Now, &stays.ID, ends.Version+1
	after.SnoozedUntil, after.SnoozeReason = clock.Date{}, ""
	after.Resolution = fmt.Sprintf("Joined with %s: %s", stays.Reference(), reason)
	err := db.RequireOne(tx.Model(&Blocker{}).Where("id = ? and version = ?", ends.ID, ends.Version).
		Select("state", "resolved_at", "joined_into", "resolution", "snoozed_until", "snooze_reason", "version").Updates(after))
	if err != nil {
		return err
	}
	words := fmt.Sprintf("Joined with %s of %s, which goes on, because they have one cause: %s", stays.Reference(), stays.LevelName, reason)
	_, err = addStep(tx, ends.ID, Step{Kind: StepJoined, FromLevel: ends.LevelName, Words: words, BoardWords: "Joined with " + stays.Reference() + ", which goes on."})
	if err != nil {
		return err
	}
	return record(tx, "blocker.joined", ends.ID, ends.ForumID, ends, after)
}

// keepEarlierAnswerDay: where one board was asked about both, it answers by the earlier of the two days.
func keepEarlierAnswerDay(tx db.Tx, ends, stays Blocker) error {
	var asked []Escalation
	err := tx.Raw(`select * from escalation where blocker_id in ? and state = 'waiting' order by answer_due_on, id for update`, []uuid.UUID{ends.ID, stays.ID}).Scan(&asked).Error
	if err != nil || len(asked) != 2 || asked[0].BlockerID == stays.ID || asked[0].BoardID != asked[1].BoardID {
		return err
	}
	earlier, kept := asked[0], asked[1]
	after := kept
	after.AnswerDueOn, after.ReachedOn, after.Version = earlier.AnswerDueOn, earlier.ReachedOn, kept.Version+1
	err = db.RequireOne(tx.Model(&Escalation{}).Where("id = ? and version = ?", kept.ID, kept.Version).Select("answer_due_on", "reached_on", "version").Updates(after))
	if err != nil {
		return err
	}
	if err := putBeforeBoard(tx, stays, after); err != nil {
		return err
	}
	return record(tx, "escalation.earlier", kept.ID, kept.BoardID, kept, after)
}

// carryOver gives the blocker that goes on what the other names and is about.
func carryOver(tx db.Tx, stays, ends Blocker, cases []uuid.UUID) error {
	if stays.CaseID == nil {
		if err := name(tx, &stays, cases); err != nil {
			return err
		}
	}
	return tx.Exec(`insert into blocker_decision (blocker_id, decision_id) select ?, decision_id from blocker_decision where blocker_id = ? on conflict do nothing`, stays.ID, ends.ID).Error
}

func earlier(a, b clock.Date) clock.Date {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// tellOfJoin tells both owners and the officers of both forums, each once and of the one that concerns them.
func tellOfJoin(tx db.Tx, stays, ends Blocker) error {
	told := map[uuid.UUID]bool{tx.Actor.PersonID: true}
	for _, side := range []struct{ mine, other Blocker }{{stays, ends}, {ends, stays}} {
		people, err := officers(tx, side.mine.ForumID, access.Chair, access.Clerk)
		if err != nil {
			return err
		}
		for _, person := range append([]uuid.UUID{side.mine.OwnerID}, people...) {
			if told[person] {
				continue
			}
			told[person] = true
			if err := notify.Send(tx, notify.Notice{Kind: NoticeJoined, IDs: notify.IDs{"blocker": side.mine.ID, "other": side.other.ID}, To: person}); err != nil {
				return err
			}
		}
	}
	return nil
}

// AddToBlocker adds what somebody was about to raise to an open blocker of the same cause: the case, or the
// cases and young people of a theme, and their money.
func (s *Store) AddToBlocker(ctx context.Context, actor access.Actor, id uuid.UUID, r Raise) (Blocker, error) {
	var b Blocker
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		var err error
		if b, err = lockBlocker(tx, id); err != nil {
			return err
		}
		if err := mayChange(tx, b, b.Version); err != nil {
			return err
		}
		added, named, err := r.read(tx)
		if err != nil {
			return err
		}
		if added.Kind != b.Kind {
			return fault.New(fault.Conflict, "%s is of another kind. Raise a new blocker instead.", b.Reference())
		}
		return b.take(tx, added, named, r.Decisions)
	})
	return b, err
}

// take adds to a locked blocker what another, not yet raised, is about.
func (b *Blocker) take(tx db.Tx, added Blocker, named, decisions []uuid.UUID) error {
	before := *b
	had, err := concerned(tx, b.ID)
	if err != nil {
		return err
	}
	all := slices.Clone(had)
	for _, id := range named {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	if added.CaseID != nil && len(all) == len(had) {
		return fault.New(fault.Conflict, "%s is about this case already.", b.Reference())
	}
	var form fault.Form
	if err := checkBoardSafe(tx, &form, all, map[string]string{"kind": b.Theme + " " + b.Needed}); err != nil {
		return err
	}
	if form.Err() != nil {
		return fault.New(fault.Conflict, "The words of %s name this young person, and a board reads them. Raise a new blocker instead.", b.Reference())
	}
	sums := both{stays: had, ends: named, all: all}
	b.WeeklyPence, b.YoungPeople = sums.weekly(before, added), sums.youngPeople(before, added)
	b.NeededBy = earlier(b.NeededBy, added.NeededBy)
	b.CaseID = nil
	b.Version++
	err = db.RequireOne(tx.Model(&Blocker{}).Where("id = ? and version = ?", b.ID, before.Version).
		Select("young_people", "weekly_pence", "needed_by", "case_id", "version").Updates(b))
	if err != nil {
		return err
	}
	if err := name(tx, b, all); err != nil {
		return err
	}
	if err := linkDecisions(tx, b.ID, decisions); err != nil {
		return err
	}
	if err := checkOwnerMaySee(tx, b.OwnerID, b.ID); err != nil {
		return err
	}
	forum, err := panels.ForumByID(tx, added.ForumID)
	if err != nil {
		return err
	}
	about := count(added.YoungPeople, "young person")
	if added.YoungPeople != 1 {
		about = fmt.Sprintf("%d young people", added.YoungPeople)
	}
	words := fmt.Sprintf("%s added what has the same cause: %s.", forum.Name, about)
	if added.Details != "" {
		words += " " + sentence(added.Details)
	}
	if _, err := addStep(tx, b.ID, Step{Kind: StepJoined, FromLevel: b.LevelName, Words: words, BoardWords: "More with the same cause: " + about + "."}); err != nil {
		return err
	}
	if b.OwnerID != tx.Actor.PersonID {
		if err := notify.Send(tx, notify.Notice{Kind: NoticeGrown, IDs: notify.IDs{"blocker": b.ID}, To: b.OwnerID}); err != nil {
			return err
		}
	}
	if err := record(tx, "blocker.grown", b.ID, b.ForumID, before, b); err != nil {
		return err
	}
	_, err = judge(tx, b)
	return err
}

// JoinPage is what the form for joining a blocker with another offers: which one, and, once that is chosen, what
// comes of it.
type JoinPage struct {
	BlockerRow
	Likely []Like // of the same kind and a like theme
	Others []Like // of the same kind

	With        *BlockerRow // the one chosen
	Stays, Ends BlockerRow
	YoungPeople int
	WeeklyPence *int64
	Shared      int // young people that both name
}

// OfferJoin reads what could be joined with a blocker, or with a number of another what would come of it.
func (s *Store) OfferJoin(ctx context.Context, actor access.Actor, id uuid.UUID, with int64) (JoinPage, error) {
	var page JoinPage
	err := s.DB.Read(ctx, actor, func(tx db.Tx) error {
		if err := tx.Raw(selectBlockers+`where b.id = ?`, id).Take(&page.BlockerRow).Error; err != nil {
			return orNotFound(err, "There is no such blocker.")
		}
		if err := mayChange(tx, page.Blocker, page.Version); err != nil {
			return err
		}
		all, err := mayJoin(tx, page.Kind, id)
		if err != nil {
			return err
		}
		for _, like := range all {
			if LikeTheme(like.Theme, page.Theme) {
				page.Likely = append(page.Likely, like)
			} else {
				page.Others = append(page.Others, like)
			}
		}
		if with == 0 {
			return nil
		}
		if !slices.ContainsFunc(all, func(l Like) bool { return l.Number == with }) {
			return noBlocker()
		}
		var other BlockerRow
		if err := tx.Raw(selectBlockers+`where b.number = ?`, with).Take(&other).Error; err != nil {
			return orNotFound(err, "There is no such blocker.")
		}
		page.With = &other
		stays, ends, err := whichStays(tx, page.Blocker, other.Blocker)
		if err != nil {
			return err
		}
		page.Stays, page.Ends = page.BlockerRow, other
		if stays.ID != page.ID {
			page.Stays, page.Ends = other, page.BlockerRow
		}
		cases, err := casesOfBoth(tx, stays, ends)
		page.YoungPeople, page.WeeklyPence = cases.youngPeople(stays, ends), cases.weekly(stays, ends)
		page.Shared = len(cases.stays) + len(cases.ends) - len(cases.all)
		return err
	})
	return page, err
}
