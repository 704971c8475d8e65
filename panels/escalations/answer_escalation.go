package escalations

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// BoardAnswer is what a board says: a direction with an owner and a date, or "not agreed, because".
type BoardAnswer struct {
	For       uuid.UUID // the member in whose name a delegate answers; uuid.Nil: their own, or the only one there is
	Agreed    bool
	Direction string
	OwnerID   uuid.UUID
	ActBy     clock.Date
	Reason    string
}

// AnswerEscalation keeps the board's answer, puts it on the next agenda of the forum that asked, and
// tells that forum's chair and clerk, the blocker's owner and whoever is to act. The board's own next
// agenda says what became of it.
func (s *Store) AnswerEscalation(ctx context.Context, actor access.Actor, id uuid.UUID, given BoardAnswer) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		e, b, err := toAnswer(tx, id)
		if err != nil {
			return err
		}
		answered, err := inWhoseName(tx, e.BoardID, given.For)
		if err != nil {
			return err
		}
		_, err = answer(tx, e, b, given, Answer{AnsweredFor: answered})
		return err
	})
}

// toAnswer locks an escalation that still waits, for somebody who may answer it.
func toAnswer(tx db.Tx, id uuid.UUID) (Escalation, Blocker, error) {
	e, b, err := lockEscalation(tx, id)
	if err != nil {
		return e, b, err
	}
	if err := tx.Actor.Check(access.AnswerBoard, e.BoardID); err != nil {
		if !tx.Actor.May(access.ReadBoard, e.BoardID) {
			return e, b, noEscalation()
		}
		return e, b, err
	}
	return e, b, e.stillWaits(tx)
}

// stillWaits refuses what needs no answer any more, and says what the board answered and where.
func (e Escalation) stillWaits(tx db.Tx) error {
	switch e.State {
	case Waiting:
		return nil
	case Withdrawn:
		return fault.New(fault.Conflict, "This is no longer asked of the board: the forum resolved it or took it back.")
	}
	var given Answer
	if err := tx.Raw(`select * from board_answer where escalation_id = ?`, e.ID).Take(&given).Error; err != nil {
		return err
	}
	names, err := namesIn(tx, given)
	if err != nil {
		return err
	}
	where := "on " + clock.DateOf(given.AnsweredAt).Long()
	if given.MeetingID != nil {
		where = "in its meeting of " + clock.DateOf(given.AnsweredAt).Long()
	}
	return fault.New(fault.Conflict, "The board has already answered this, %s: %s", where, given.Words(names.owner))
}

// inWhoseName is the member a delegate speaks for, nil for a member who speaks for themselves.
func inWhoseName(tx db.Tx, boardID, chosen uuid.UUID) (*uuid.UUID, error) {
	delegations := tx.Actor.DelegationsOn(boardID)
	member := tx.Actor.Holds(boardID, access.Chair, access.DeputyChair, access.Member)
	switch {
	case chosen == uuid.Nil && member:
		return nil, nil
	case chosen == uuid.Nil && len(delegations) == 1:
		return &delegations[0].MemberID, nil
	}
	for _, d := range delegations {
		if d.MemberID == chosen {
			return &d.MemberID, nil
		}
	}
	var form fault.Form
	form.Add("for", "Select in whose name you answer")
	return nil, form.Err()
}

// answer keeps what a board said of a locked escalation that waits. kept says how it was given: in whose
// name, and in which meeting.
func answer(tx db.Tx, e Escalation, b Blocker, given BoardAnswer, kept Answer) (Answer, error) {
	kept.ID, kept.EscalationID, kept.Agreed, kept.AnsweredBy, kept.AnsweredAt = newID(), e.ID, given.Agreed, tx.Actor.PersonID, tx.Now
	if err := given.check(tx, &kept); err != nil {
		return kept, err
	}
	if kept.LookOn = kept.ActBy; !kept.Agreed {
		kept.LookOn = tx.Today().AddDays(b.LevelDays) // as long as the board itself had
	}
	if err := tx.Create(&kept).Error; err != nil {
		return kept, err
	}
	state := Answered
	if !kept.Agreed {
		state = NotAgreed
	}
	if err := settle(tx, e, state); err != nil {
		return kept, err
	}
	names, err := namesIn(tx, kept)
	if err != nil {
		return kept, err
	}
	words := kept.Words(names.owner)
	step := Step{Kind: StepAnswered, FromLevel: b.LevelName, Words: words, BoardWords: words}
	if names.forWhom != "" {
		step.Words += " Answered by " + tx.Actor.Name + " for " + names.forWhom + "."
		step.BoardWords = step.Words
	}
	if _, err := addStep(tx, b.ID, step); err != nil {
		return kept, err
	}
	err = agendas.PutDue(tx, agendas.Due{
		ForumID: b.ForumID, Kind: "answer", SourceID: e.ID, CaseID: b.CaseID, DueOn: tx.Today(),
		Text: b.LevelName + " answered on " + tx.Today().Long() + ", about blocker " + b.Reference() + ". " + words,
		Law:  "Escalated on " + e.ReachedOn.Long(),
	})
	if err != nil {
		return kept, err
	}
	if err := putBecame(tx, e); err != nil {
		return kept, err
	}
	if err := tellOfAnswer(tx, b, e, kept); err != nil {
		return kept, err
	}
	return kept, record(tx, "board_answer.given", kept.ID, e.BoardID, nil, kept)
}

// answerNames are the people an answer names.
type answerNames struct{ owner, forWhom string }

func namesIn(tx db.Tx, a Answer) (names answerNames, err error) {
	name := func(id *uuid.UUID) (string, error) {
		if id == nil {
			return "", nil
		}
		person, err := panels.PersonByID(tx, *id)
		return person.Name, err
	}
	if names.owner, err = name(a.OwnerID); err != nil {
		return names, err
	}
	names.forWhom, err = name(a.AnsweredFor)
	return names, err
}

func noEscalation() error { return fault.New(fault.NotFound, "There is no such escalation.") }

// lockEscalation locks the blocker first and then what is asked about it, as everybody does.
func lockEscalation(tx db.Tx, id uuid.UUID) (Escalation, Blocker, error) {
	var e Escalation
	if err := tx.Where("id = ?", id).Take(&e).Error; err != nil {
		return e, Blocker{}, orNotFound(err, "There is no such escalation.")
	}
	b, err := lockBlocker(tx, e.BlockerID)
	if err != nil {
		return e, b, err
	}
	return e, b, tx.Raw(`select * from escalation where id = ? for update`, id).Take(&e).Error
}

// check fills in what the board said, and refuses what would leave the forum where it was.
func (given BoardAnswer) check(tx db.Tx, kept *Answer) error {
	var form fault.Form
	if given.Agreed {
		kept.Direction, kept.OwnerID, kept.ActBy = strings.TrimSpace(given.Direction), &given.OwnerID, given.ActBy
		form.Require(kept.Direction != "", "direction", "Enter what the board directs")
		form.Require(len([]rune(kept.Direction)) <= longestNeeded, "direction", "The direction must be 500 characters or fewer")
		form.Require(!given.ActBy.IsZero(), "act_by", "Enter the date by which it is to be done")
		form.Require(given.ActBy.IsZero() || !given.ActBy.Before(tx.Today()), "act_by", "The date must be today or later")
		if _, err := panels.PersonByID(tx, given.OwnerID); fault.Is(err, fault.NotFound) {
			form.Add("owner", "Select who is to do it")
		} else if err != nil {
			return err
		}
	} else {
		kept.Reason = strings.TrimSpace(given.Reason)
		form.Require(kept.Reason != "", "reason", "Enter why the board does not agree")
		form.Require(len([]rune(kept.Reason)) <= longestNeeded, "reason", "The reason must be 500 characters or fewer")
	}
	return form.Err()
}

// Words is the answer as agendas and stories say it.
func (a Answer) Words(owner string) string {
	if !a.Agreed {
		return "Not agreed, because: " + a.Reason
	}
	return fmt.Sprintf("%s To be done by %s, by %s.", sentence(a.Direction), owner, a.ActBy.Long())
}

// sentence ends what somebody typed with a full stop, unless it ends by itself.
func sentence(text string) string {
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

// hearers are those at the forum who hear what the board says of a blocker: its chair, its clerk and the
// blocker's owner, each once.
func hearers(tx db.Tx, b Blocker) ([]uuid.UUID, error) {
	people, err := officers(tx, b.ForumID, access.Chair, access.Clerk)
	if err != nil {
		return nil, err
	}
	return once(append(people, b.OwnerID)), nil
}

// once is a list of people with each of them in it once.
func once(people []uuid.UUID) []uuid.UUID {
	var list []uuid.UUID
	seen := map[uuid.UUID]bool{}
	for _, person := range people {
		if !seen[person] {
			seen[person] = true
			list = append(list, person)
		}
	}
	return list
}

// tellEach sends everybody the same notice about an escalation.
func tellEach(tx db.Tx, kind notify.Kind, e Escalation, people []uuid.UUID) error {
	for _, person := range people {
		if err := notify.Send(tx, notify.Notice{Kind: kind, IDs: notify.IDs{"escalation": e.ID}, To: person}); err != nil {
			return err
		}
	}
	return nil
}

func tellOfAnswer(tx db.Tx, b Blocker, e Escalation, answer Answer) error {
	people, err := hearers(tx, b)
	if err != nil {
		return err
	}
	if err := tellEach(tx, NoticeAnswered, e, people); err != nil {
		return err
	}
	for _, person := range people {
		if answer.OwnerID != nil && *answer.OwnerID == person {
			return nil
		}
	}
	if answer.OwnerID == nil {
		return nil
	}
	return tellEach(tx, NoticeDirected, e, []uuid.UUID{*answer.OwnerID})
}
