package escalations

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// The kinds of notice about blockers and boards. Each is written when it is sent, from what is true
// then; none holds a name, a reference, an alias or a word anybody typed.
const (
	NoticeOwner          notify.Kind = "blocker_owner"          // you own a blocker
	NoticeMoved          notify.Kind = "blocker_moved"          // it stands at another level
	NoticeResolved       notify.Kind = "blocker_resolved"       // the one you own is resolved
	NoticeJoined         notify.Kind = "blocker_joined"         // to the owners of both: one joined the other
	NoticeStill          notify.Kind = "blocker_still"          // its time is up at the highest level, and it is still stuck
	NoticeUnacknowledged notify.Kind = "blocker_unacknowledged" // to whoever holds it: say that you have it
	NoticeWoken          notify.Kind = "blocker_woken"          // to its owner: the snooze has ended
	NoticeGrown          notify.Kind = "blocker_grown"          // to its owner: more cases have the same cause
	NoticeAsked          notify.Kind = "board_asked"            // to the board's chair: something reached it
	NoticeAnswered       notify.Kind = "board_answered"         // to the forum and the owner: the answer has come home
	NoticeDirected       notify.Kind = "board_directed"         // to whoever is to act on it
	NoticeOverdue        notify.Kind = "board_overdue"          // to the board's chair and clerk: no answer by its date
	NoticeUndone         notify.Kind = "direction_overdue"      // to whoever was directed: its date has passed
	NoticeDigest         notify.Kind = "board_digest"           // to the board's members

	NoticeDirectionDue notify.Kind = "direction_due"  // to whoever was directed: a week before its date
	NoticeDelegate     notify.Kind = "board_delegate" // you may answer in a member's name
	NoticeQuestion     notify.Kind = "board_question" // to the forum and the owner: the board asks for more
	NoticeReply        notify.Kind = "board_reply"    // to the board: the forum has replied

	NoticePosition notify.Kind = "dispute_position" // to those who speak for an agency, or its clerk: state its position
	NoticeSettled  notify.Kind = "dispute_settled"  // to everybody concerned: the dispute has ended

	NoticeRecommended       notify.Kind = "recommendation_made" // to whoever is to respond
	NoticeRecommendationDue notify.Kind = "recommendation_due"  // to them: a response or the work is due, or was
)

// RegisterNotices tells the post who writes them.
func RegisterNotices(post *notify.Store) {
	post.Register(NoticeOwner, notify.Nature{Group: notify.Blockers, Words: "You own a blocker", Fixed: "The blocker is yours to free."}, aboutBlocker(writeOwner))
	post.Register(NoticeMoved, notify.Nature{Group: notify.Blockers, Words: "A blocker has moved to another level"}, aboutBlocker(writeMoved))
	post.Register(NoticeResolved, notify.Nature{Group: notify.Blockers, Words: "A blocker you own is resolved"}, aboutBlocker(writeResolved))
	post.Register(NoticeJoined, notify.Nature{Group: notify.Blockers, Words: "A blocker of yours or of your forum was joined with another"}, writeJoined)
	post.Register(NoticeStill, notify.Nature{Group: notify.Blockers, Words: "A blocker is still stuck at the highest level"}, aboutBlocker(writeStill))
	post.Register(NoticeUnacknowledged, notify.Nature{Group: notify.Blockers, Words: "A blocker waits for you to acknowledge it", Fixed: "You hold the level at which the blocker stands."}, aboutBlocker(writeUnacknowledged))
	post.Register(NoticeWoken, notify.Nature{Group: notify.Blockers, Words: "The snooze of a blocker you own has ended"}, aboutBlocker(writeWoken))
	post.Register(NoticeGrown, notify.Nature{Group: notify.Blockers, Words: "More cases have the cause of a blocker you own"}, aboutBlocker(writeGrown))
	post.Register(NoticeAsked, notify.Nature{Group: notify.Blockers, Words: "Your board is asked for an answer", Fixed: "The board you chair owes an answer by a date."}, writeAsked)
	post.Register(NoticeAnswered, notify.Nature{Group: notify.Blockers, Words: "The board has answered"}, aboutEscalation(writeAnswered))
	post.Register(NoticeDirected, notify.Nature{Group: notify.Blockers, Words: "The board asks you to act", Fixed: "The board named you in its answer."}, aboutEscalation(writeDirected))
	post.Register(NoticeOverdue, notify.Nature{Group: notify.Blockers, Words: "An answer of your board is overdue", Fixed: "The board you run owes an answer, and its date has passed."}, aboutEscalation(writeOverdue))
	post.Register(NoticeUndone, notify.Nature{Group: notify.Blockers, Words: "What the board asked you to do is overdue", Fixed: "The board named you in its answer, and its date has passed."}, aboutEscalation(writeUndone))
	post.Register(NoticeDigest, notify.Nature{Group: notify.Blockers, Words: "The digest of a board you sit on", Subscription: true}, writeDigestMail)
	post.Register(NoticeDirectionDue, notify.Nature{Group: notify.Blockers, Words: "What the board asked you to do is due within a week", Fixed: "The board named you in its answer."}, aboutEscalation(writeDirectionDue))
	post.Register(NoticeDelegate, notify.Nature{Group: notify.Blockers, Words: "You may answer in a board member’s name", Fixed: "A member of a board named you to answer for them."}, writeDelegate)
	post.Register(NoticeQuestion, notify.Nature{Group: notify.Blockers, Words: "The board asks for more before it answers", Fixed: "Your forum, or you as the owner, owe the board a reply by a date."}, aboutEscalation(writeQuestion))
	post.Register(NoticePosition, notify.Nature{Group: notify.Blockers, Words: "Your agency is asked for its position in a dispute", Fixed: "Agencies do not agree, and yours is asked for its position by a date."}, aboutDispute(writePosition))
	post.Register(NoticeSettled, notify.Nature{Group: notify.Blockers, Words: "A dispute you have a part in has ended"}, aboutDispute(writeSettled))
	post.Register(NoticeRecommended, notify.Nature{Group: notify.Blockers, Words: "A recommendation is yours to respond to", Fixed: "You were named to respond by a date."}, aboutRecommendation(writeRecommended))
	post.Register(NoticeRecommendationDue, notify.Nature{Group: notify.Blockers, Words: "A recommendation you lead on is due or overdue", Fixed: "You lead on it, and its date is near or has passed."}, aboutRecommendation(writeRecommendationDue))
	post.Register(NoticeReply, notify.Nature{Group: notify.Blockers, Words: "A forum has replied to your board"}, aboutEscalation(writeReply))
}

// blockerFacts are all a message may know of a blocker.
type blockerFacts struct {
	ID            uuid.UUID
	Number        int64
	ForumName     string
	LevelName     string
	LevelSince    clock.Date
	LevelDays     int
	NeededBy      clock.Date
	OwnerID       uuid.UUID
	State         State
	AtBoard       bool
	Asked         uuid.UUID // the escalation that waits for the board's answer; uuid.Nil without one
	AcknowledgeBy clock.Date
	Acknowledged  bool
	DecideBy      clock.Date // of a dispute
	Rises         clock.Date `gorm:"-"`
}

func (b blockerFacts) reference() string { return Reference(b.Number) }

func (b blockerFacts) link(text string) notify.Link {
	return notify.Link{Text: text, Path: "/blockers/" + b.ID.String()}
}

// aboutBlocker reads what a message about a blocker may know; a blocker that is gone is not told of.
func aboutBlocker(write func(blockerFacts, notify.Notice) (notify.Mail, bool)) notify.Compose {
	return func(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
		var b blockerFacts
		err := tx.Raw(openDisputes+`
			select b.id, b.number, f.name as forum_name, b.level_name, b.level_since, b.level_days, b.needed_by, b.owner_id, b.state, `+decideBy+` as decide_by,
				b.level = 'board' as at_board, b.acknowledge_by, b.acknowledged_at is not null as acknowledged,
				coalesce((select e.id from escalation e where e.blocker_id = b.id and e.state = 'waiting'), '00000000-0000-0000-0000-000000000000') as asked
			from blocker b join forum f on f.id = b.forum_id where b.id = ?`, n.IDs["blocker"]).Take(&b).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return notify.Mail{}, false, nil
		}
		if err != nil {
			return notify.Mail{}, false, err
		}
		work, err := panels.WorkingDays(tx)
		if err != nil {
			return notify.Mail{}, false, err
		}
		b.Rises = risesOn(Blocker{LevelSince: b.LevelSince, LevelDays: b.LevelDays}, b.DecideBy, work)
		mail, send := write(b, n)
		return mail, send, nil
	}
}

func writeOwner(b blockerFacts, n notify.Notice) (notify.Mail, bool) {
	mail := notify.Mail{
		Subject: fmt.Sprintf("You own a blocker: %s, %s.", b.reference(), b.ForumName),
		Lines:   []string{fmt.Sprintf("Blocker %s at %s is yours to free.", b.reference(), b.ForumName)},
		Link:    b.link("Read what is needed"),
		Why:     fmt.Sprintf("You were named as the owner of blocker %s.", b.reference()),
	}
	if !b.NeededBy.IsZero() {
		mail.Facts = append(mail.Facts, notify.Fact{Name: "Needed by", Value: b.NeededBy.LongWithWeekday()})
	}
	if !b.AtBoard {
		mail.Facts = append(mail.Facts, notify.Fact{Name: "Goes up a level on", Value: b.Rises.LongWithWeekday() + ", unless it is resolved"})
	}
	return mail, b.State == Open && b.OwnerID == n.To
}

func writeMoved(b blockerFacts, n notify.Notice) (notify.Mail, bool) {
	mail := notify.Mail{
		Subject: fmt.Sprintf("Blocker %s is now with %s.", b.reference(), b.LevelName),
		Lines: []string{fmt.Sprintf("Blocker %s, raised at %s, has stood at %s since %s.",
			b.reference(), b.ForumName, b.LevelName, b.LevelSince.LongWithWeekday())},
		Link: b.link("Read why it moved"),
		Why:  fmt.Sprintf("You are an officer of %s, or of the level the blocker is at now.", b.ForumName),
	}
	if b.OwnerID == n.To {
		mail.Why = fmt.Sprintf("You own blocker %s.", b.reference())
	}
	return mail, b.State == Open
}

func writeResolved(b blockerFacts, n notify.Notice) (notify.Mail, bool) {
	return notify.Mail{
		Subject: fmt.Sprintf("Blocker %s is resolved.", b.reference()),
		Lines:   []string{fmt.Sprintf("%s resolved blocker %s. There is nothing more for you to do.", b.ForumName, b.reference())},
		Link:    b.link("Read how it was resolved"),
		Why:     fmt.Sprintf("You own blocker %s.", b.reference()),
	}, b.State == Resolved && b.OwnerID == n.To
}

func writeStill(b blockerFacts, n notify.Notice) (notify.Mail, bool) {
	mail := notify.Mail{
		Subject: fmt.Sprintf("Blocker %s is still stuck with %s.", b.reference(), b.LevelName),
		Lines: []string{fmt.Sprintf("The time of blocker %s, raised at %s, is up, and there is no level above %s. It stays there, and its clock starts again.",
			b.reference(), b.ForumName, b.LevelName)},
		Link: b.link("Read the blocker"),
		Why:  fmt.Sprintf("You are an officer of %s, or hold the level the blocker is at.", b.ForumName),
	}
	if b.OwnerID == n.To {
		mail.Why = fmt.Sprintf("You own blocker %s.", b.reference())
	}
	return mail, b.State == Open
}

func writeUnacknowledged(b blockerFacts, _ notify.Notice) (notify.Mail, bool) {
	mail := notify.Mail{
		Subject: fmt.Sprintf("Blocker %s waits for you to acknowledge it.", b.reference()),
		Lines: []string{fmt.Sprintf("Blocker %s, raised at %s, has been with %s since %s. Say that you have it.",
			b.reference(), b.ForumName, b.LevelName, b.LevelSince.LongWithWeekday())},
		Facts: []notify.Fact{{Name: "To be acknowledged by", Value: b.AcknowledgeBy.LongWithWeekday()}},
		Link:  b.link("Read and acknowledge the blocker"),
		Why:   fmt.Sprintf("The blocker is with %s, which you act for.", b.LevelName),
	}
	if b.AtBoard { // its chair reads it as the board does
		mail.Link = notify.Link{Text: "Read and acknowledge the escalation", Path: "/board/escalations/" + b.Asked.String()}
	}
	return mail, b.State == Open && !b.Acknowledged && b.AtBoard == (b.Asked != uuid.Nil)
}

func writeWoken(b blockerFacts, n notify.Notice) (notify.Mail, bool) {
	return notify.Mail{
		Subject: fmt.Sprintf("The snooze of blocker %s has ended.", b.reference()),
		Lines:   []string{fmt.Sprintf("Blocker %s at %s is yours to free again. The clock of its level has not stopped meanwhile.", b.reference(), b.ForumName)},
		Link:    b.link("Read the blocker"),
		Why:     fmt.Sprintf("You own blocker %s.", b.reference()),
	}, b.State == Open && b.OwnerID == n.To
}

func writeGrown(b blockerFacts, n notify.Notice) (notify.Mail, bool) {
	return notify.Mail{
		Subject: fmt.Sprintf("More with the same cause: blocker %s, %s.", b.reference(), b.ForumName),
		Lines:   []string{fmt.Sprintf("Cases with the same cause were added to blocker %s, which is yours to free.", b.reference())},
		Link:    b.link("Read what was added"),
		Why:     fmt.Sprintf("You own blocker %s.", b.reference()),
	}, b.State == Open && b.OwnerID == n.To
}

// askFacts are all a message may know of an escalation.
type askFacts struct {
	ID           uuid.UUID
	BlockerID    uuid.UUID
	Number       int64
	ForumID      uuid.UUID
	ForumName    string
	BoardName    string
	AnswerDueOn  clock.Date
	State        AskState
	BlockerState State
	Agreed       bool
	ActBy        clock.Date
	OwnerID      *uuid.UUID // of the blocker
	Returned     bool       // an earlier answer about it had no effect
	ReplyBy      clock.Date // to the last question of the board
	Replied      bool
}

func (e askFacts) reference() string { return Reference(e.Number) }

func (e askFacts) path() string { return "/board/escalations/" + e.ID.String() }

const selectAsk = `
	select e.id, e.blocker_id, b.number, f.id as forum_id, f.name as forum_name, d.name as board_name, e.answer_due_on, e.state, b.state as blocker_state,
		coalesce(a.agreed, false) as agreed, a.act_by, b.owner_id, e.follows_id is not null as returned, q.reply_by, q.replied_at is not null as replied
	from escalation e join blocker b on b.id = e.blocker_id join forum f on f.id = b.forum_id join forum d on d.id = e.board_id
	left join board_answer a on a.escalation_id = e.id
	left join lateral (select reply_by, replied_at from board_question where escalation_id = e.id order by id desc limit 1) q on true `

func aboutEscalation(write func(askFacts, notify.Notice) (notify.Mail, bool)) notify.Compose {
	return func(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
		var e askFacts
		err := tx.Raw(selectAsk+`where e.id = ?`, n.IDs["escalation"]).Take(&e).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return notify.Mail{}, false, nil
		}
		if err != nil {
			return notify.Mail{}, false, err
		}
		mail, send := write(e, n)
		return mail, send, nil
	}
}

// writeAsked is about a blocker's latest time before its board.
func writeAsked(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	var e askFacts
	err := tx.Raw(selectAsk+`where e.blocker_id = ? order by e.stay desc limit 1`, n.IDs["blocker"]).Take(&e).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return notify.Mail{}, false, nil
	}
	if err != nil {
		return notify.Mail{}, false, err
	}
	mail := notify.Mail{
		Subject: fmt.Sprintf("Escalated to %s: an answer is due by %s.", e.BoardName, e.AnswerDueOn.Long()),
		Lines:   []string{fmt.Sprintf("%s asks %s for an answer about blocker %s.", e.ForumName, e.BoardName, e.reference())},
		Facts:   []notify.Fact{{Name: "Answer due by", Value: e.AnswerDueOn.LongWithWeekday()}},
		Link:    notify.Link{Text: "Read and answer the escalation", Path: e.path()},
		Why:     fmt.Sprintf("You chair %s.", e.BoardName),
	}
	if e.Returned {
		mail.Subject = fmt.Sprintf("Back at %s: an answer is due by %s.", e.BoardName, e.AnswerDueOn.Long())
		mail.Lines = []string{fmt.Sprintf("Blocker %s is still open after the date of the board’s last answer, so %s asks %s again.", e.reference(), e.ForumName, e.BoardName)}
	}
	return mail, e.State == Waiting, nil
}

func writeAnswered(e askFacts, n notify.Notice) (notify.Mail, bool) {
	mail := notify.Mail{
		Subject: fmt.Sprintf("The board has answered: blocker %s, %s.", e.reference(), e.ForumName),
		Lines: []string{
			fmt.Sprintf("%s has answered about blocker %s.", e.BoardName, e.reference()),
			fmt.Sprintf("The answer is on the next agenda of %s.", e.ForumName),
		},
		Link: notify.Link{Text: "Read the board’s answer", Path: "/blockers/" + e.BlockerID.String()},
		Why:  fmt.Sprintf("You are the chair or clerk of %s.", e.ForumName),
	}
	if e.Agreed {
		mail.Facts = []notify.Fact{{Name: "To be done by", Value: e.ActBy.LongWithWeekday()}}
	}
	if e.OwnerID != nil && *e.OwnerID == n.To {
		mail.Why = fmt.Sprintf("You own blocker %s.", e.reference())
	}
	return mail, e.State == Answered || e.State == NotAgreed
}

func writeDirected(e askFacts, _ notify.Notice) (notify.Mail, bool) {
	return notify.Mail{
		Subject: fmt.Sprintf("%s asks you to act by %s.", e.BoardName, e.ActBy.Long()),
		Lines:   []string{fmt.Sprintf("%s has answered about blocker %s and named you to carry it out.", e.BoardName, e.reference())},
		Facts:   []notify.Fact{{Name: "To be done by", Value: e.ActBy.LongWithWeekday()}},
		Link:    notify.Link{Text: "Read what the board directed", Path: e.path()},
		Why:     "The board named you in its answer.",
	}, e.State == Answered && e.BlockerState == Open
}

func writeOverdue(e askFacts, _ notify.Notice) (notify.Mail, bool) {
	return notify.Mail{
		Subject: fmt.Sprintf("An answer is overdue: %s, blocker %s.", e.BoardName, e.reference()),
		Lines:   []string{fmt.Sprintf("%s has waited for an answer about blocker %s. It was due by %s.", e.ForumName, e.reference(), e.AnswerDueOn.LongWithWeekday())},
		Link:    notify.Link{Text: "Read the escalation", Path: e.path()},
		Why:     fmt.Sprintf("You are the chair or clerk of %s.", e.BoardName),
	}, e.State == Waiting
}

func writeUndone(e askFacts, _ notify.Notice) (notify.Mail, bool) {
	return notify.Mail{
		Subject: fmt.Sprintf("Overdue: what %s directed about blocker %s.", e.BoardName, e.reference()),
		Lines:   []string{fmt.Sprintf("It was to be done by %s, and blocker %s is still open.", e.ActBy.LongWithWeekday(), e.reference())},
		Link:    notify.Link{Text: "Read what the board directed", Path: e.path()},
		Why:     "The board named you in its answer.",
	}, e.Agreed && e.BlockerState == Open
}

func writeDirectionDue(e askFacts, _ notify.Notice) (notify.Mail, bool) {
	return notify.Mail{
		Subject: fmt.Sprintf("Due by %s: what %s directed about blocker %s.", e.ActBy.Long(), e.BoardName, e.reference()),
		Lines:   []string{fmt.Sprintf("Blocker %s is still open. What is still blocked after the date goes back to the board.", e.reference())},
		Facts:   []notify.Fact{{Name: "To be done by", Value: e.ActBy.LongWithWeekday()}},
		Link:    notify.Link{Text: "Read what the board directed, and say how far it is", Path: e.path()},
		Why:     "The board named you in its answer.",
	}, e.Agreed && e.BlockerState == Open
}

func writeQuestion(e askFacts, n notify.Notice) (notify.Mail, bool) {
	mail := notify.Mail{
		Subject: fmt.Sprintf("%s asks about blocker %s: reply by %s.", e.BoardName, e.reference(), e.ReplyBy.Long()),
		Lines:   []string{fmt.Sprintf("%s needs to know more about blocker %s before it answers.", e.BoardName, e.reference())},
		Facts:   []notify.Fact{{Name: "Reply by", Value: e.ReplyBy.LongWithWeekday()}},
		Link:    notify.Link{Text: "Read the question and reply", Path: "/blockers/" + e.BlockerID.String() + "/board"},
		Why:     fmt.Sprintf("You are the chair or clerk of %s.", e.ForumName),
	}
	if e.OwnerID != nil && *e.OwnerID == n.To {
		mail.Why = fmt.Sprintf("You own blocker %s.", e.reference())
	}
	return mail, e.State == Waiting && !e.ReplyBy.IsZero() && !e.Replied
}

func writeReply(e askFacts, _ notify.Notice) (notify.Mail, bool) {
	return notify.Mail{
		Subject: fmt.Sprintf("%s has replied about blocker %s: an answer is due by %s.", e.ForumName, e.reference(), e.AnswerDueOn.Long()),
		Lines:   []string{fmt.Sprintf("%s has replied to what %s asked about blocker %s.", e.ForumName, e.BoardName, e.reference())},
		Facts:   []notify.Fact{{Name: "Answer due by", Value: e.AnswerDueOn.LongWithWeekday()}},
		Link:    notify.Link{Text: "Read the reply and answer", Path: e.path()},
		Why:     fmt.Sprintf("You are the chair or clerk of %s, or you asked.", e.BoardName),
	}, e.State == Waiting && e.Replied
}

// writeDelegate tells somebody in whose name they may answer. Whoever took it back meanwhile tells nothing.
func writeDelegate(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	var d struct {
		Member, Board   string
		FromOn, UntilOn clock.Date
		Ended           bool
	}
	err := tx.Raw(`
		select m.name as member, f.name as board, d.from_on, d.until_on, d.ended_at is not null as ended
		from board_delegate d join person m on m.id = d.member_id join forum f on f.id = d.board_id where d.id = ?`, n.IDs["delegate"]).Take(&d).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return notify.Mail{}, false, nil
	}
	return notify.Mail{
		Subject: fmt.Sprintf("You may answer for %s at %s until %s.", d.Member, d.Board, d.UntilOn.Long()),
		Lines:   []string{fmt.Sprintf("%s lets you answer what is escalated to %s in their name. It ends by itself after the last day.", d.Member, d.Board)},
		Facts:   []notify.Fact{{Name: "From", Value: d.FromOn.LongWithWeekday()}, {Name: "Until the end of", Value: d.UntilOn.LongWithWeekday()}},
		Link:    notify.Link{Text: "See what waits for the board’s answer", Path: "/board"},
		Why:     fmt.Sprintf("%s named you as their delegate.", d.Member),
	}, !d.Ended && !d.UntilOn.Before(tx.Today()), err
}

// recommendationFacts are all a message may know of a recommendation: none of its words.
type recommendationFacts struct {
	Recommendation
	Board  string
	SaidOn clock.Date `gorm:"-"` // the day the message is written
}

func (r recommendationFacts) path() string { return "/board/recommendations/" + r.ID.String() }

func aboutRecommendation(write func(recommendationFacts, notify.Notice) (notify.Mail, bool)) notify.Compose {
	return func(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
		var r recommendationFacts
		err := tx.Raw(`select r.*, f.name as board from recommendation r join forum f on f.id = r.board_id where r.id = ?`, n.IDs["recommendation"]).Take(&r).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return notify.Mail{}, false, nil
		}
		if err != nil {
			return notify.Mail{}, false, err
		}
		r.SaidOn = tx.Today()
		mail, send := write(r, n)
		return mail, send, nil
	}
}

func writeRecommended(r recommendationFacts, n notify.Notice) (notify.Mail, bool) {
	mail := notify.Mail{
		Subject: fmt.Sprintf("Recommendation %s is yours to respond to: %s.", r.Reference(), r.Board),
		Lines:   []string{fmt.Sprintf("%s keeps recommendation %s in its register and names you to respond: accepted, accepted in part or not accepted.", r.Board, r.Reference())},
		Facts:   []notify.Fact{{Name: "Response due by", Value: r.ResponseDue.LongWithWeekday()}},
		Link:    notify.Link{Text: "Read the recommendation and respond", Path: r.path()},
		Why:     fmt.Sprintf("You lead on recommendation %s.", r.Reference()),
	}
	if r.Response != "" {
		mail.Subject = fmt.Sprintf("Recommendation %s is yours to carry out: %s.", r.Reference(), r.Board)
		mail.Lines = []string{fmt.Sprintf("%s keeps recommendation %s in its register, which was accepted, and names you to carry it out.", r.Board, r.Reference())}
		mail.Facts = []notify.Fact{{Name: "To be done by", Value: r.DueOn.LongWithWeekday()}}
		mail.Link.Text = "Read the recommendation"
	}
	return mail, r.LeadID == n.To && !r.NextDate().IsZero()
}

func writeRecommendationDue(r recommendationFacts, n notify.Notice) (notify.Mail, bool) {
	due := r.NextDate()
	when, what := "is due by ", "the work on recommendation "
	if due.Before(r.SaidOn) {
		when = "was due by "
	}
	if r.Response == "" {
		what = "a response to recommendation "
	}
	return notify.Mail{
		Subject: fmt.Sprintf("%s%s %s%s.", capital(what), r.Reference(), when, due.Long()),
		Lines:   []string{fmt.Sprintf("%s waits for %s%s.", r.Board, what, r.Reference())},
		Facts:   []notify.Fact{{Name: "Due by", Value: due.LongWithWeekday()}},
		Link:    notify.Link{Text: "Read the recommendation and say how it stands", Path: r.path()},
		Why:     fmt.Sprintf("You lead on recommendation %s.", r.Reference()),
	}, r.LeadID == n.To && !due.IsZero()
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// writeDigestMail holds counts and headlines; the lines themselves stay behind sign-in.
func writeDigestMail(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	var d Digest
	err := tx.Where("id = ?", n.IDs["digest"]).Take(&d).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return notify.Mail{}, false, nil
	}
	if err != nil {
		return notify.Mail{}, false, err
	}
	board, err := panels.ForumByID(tx, d.BoardID)
	if err != nil {
		return notify.Mail{}, false, err
	}
	mail := notify.Mail{
		Subject: fmt.Sprintf("%s: digest of %s.", board.Name, d.AsAt.Long()),
		Lines:   []string{d.Content.Headline + ".", d.Content.AskedToday()},
		Link:    notify.Link{Text: "Read the digest and answer", Path: "/board/digests/" + d.ID.String()},
		Why:     fmt.Sprintf("You are a member of %s.", board.Name),
	}
	for _, f := range d.Content.facts() {
		mail.Facts = append(mail.Facts, notify.Fact{Name: f.name, Value: f.value})
	}
	if chart, ok := d.Content.KindChart(true); ok {
		mail.Tables = append(mail.Tables, notify.Table{
			Caption: chart.Title, Columns: []string{"Kind", "Young people", "Money a week"}, Rows: d.Content.byKind(),
		})
	}
	if rows := d.Content.targeted(); len(rows) > 0 {
		mail.Tables = append(mail.Tables, notify.Table{Caption: "Measures and their targets", Columns: []string{"Measure", "Now", "Target"}, Rows: rows})
	}
	var told []struct {
		Picture []byte
		Alt     string
	}
	if err := tx.Raw(`select picture, alt from digest_telling where digest_id = ? and picture is not null`, d.ID).Scan(&told).Error; err != nil {
		return notify.Mail{}, false, err
	}
	if len(told) == 1 {
		mail.Picture = &notify.Picture{PNG: told[0].Picture, Alt: told[0].Alt + ". The table below says the same.", Width: pictureWidth}
	}
	return mail, true, nil
}

// pictureWidth is how wide a chart stands in an e-mail.
const pictureWidth = 560
