package room

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// The kinds of notice about what a decision waits for and what became of it. They name a forum, an
// item's number and an agency, and nothing of what was decided.
const (
	NoticeAnswerLate       notify.Kind = "answer_late"        // to the chair and the clerk: it is not endorsed or authorised yet
	NoticeNobodyAnswers    notify.Kind = "nobody_answers"     // to the clerk and the administrators: nobody can
	NoticeBound            notify.Kind = "decision_bound"     // to the forum and who brought it: it binds now
	NoticeRefused          notify.Kind = "decision_refused"   // to the same: it never will
	NoticeCorrected        notify.Kind = "decision_corrected" // to the same, and who is to pay: a correction stands beside it
	NoticeConditionSoon    notify.Kind = "condition_before"   // to its owner, a week before
	NoticeConditionDue     notify.Kind = "condition_due"      // to its owner, on the day
	NoticeConditionOverdue notify.Kind = "condition_overdue"  // to its owner, once it is late
	NoticeConditionLate    notify.Kind = "condition_late"     // to the chair and the clerk, once it is late
	NoticeConditionAgain   notify.Kind = "condition_again"    // to its owner: more is asked for
	NoticeConditionShown   notify.Kind = "condition_shown"    // to whoever may accept it
)

// noticeOf is the notice that asks for an answer: "endorsement_asked".
func noticeOf(kind NeedKind, stage string) notify.Kind {
	return notify.Kind(string(kind) + "_" + stage)
}

func registerBinding(post *notify.Store) {
	for _, need := range []struct {
		kind NeedKind
		noun string
	}{{Endorsement, "endorsement"}, {Authorisation, "authorisation"}} {
		for stage, words := range map[string]string{stageAsked: "is needed", stageReminded: "is still needed, before it is due", stageLate: "is overdue"} {
			post.Register(noticeOf(need.kind, stage), notify.Nature{
				Group: notify.Votes, Words: "Your " + need.noun + " " + words, Fixed: "The decision binds nobody until you answer.",
			}, writeAsk(need.kind, stage))
		}
	}
	post.Register(NoticeAnswerLate, notify.Nature{Group: notify.Votes, Words: "A decision of a forum you run still waits for an agency"}, writeAnswerLate)
	post.Register(NoticeNobodyAnswers, notify.Nature{Group: notify.Votes, Words: "A decision waits for an agency that has nobody to answer", Fixed: "Nobody else can put it right."}, writeNobodyAnswers)
	post.Register(NoticeBound, notify.Nature{Group: notify.Votes, Words: "A decision that waited binds from now on"}, writeBecame("The decision binds", "has what it needed, and binds from now on."))
	post.Register(NoticeRefused, notify.Nature{Group: notify.Votes, Words: "A decision that waited is refused"}, writeBecame("The decision is refused", "was refused by an agency whose yes it needed. It binds nobody, and comes to the next agenda."))
	post.Register(NoticeCorrected, notify.Nature{Group: notify.Votes, Words: "A decision is corrected"}, writeBecame("A decision is corrected", "has a correction beside it. What was decided has not changed."))
	for kind, nature := range map[notify.Kind]notify.Nature{
		NoticeConditionSoon:    {Words: "A condition you are to show is due in a week"},
		NoticeConditionDue:     {Words: "A condition you are to show is due today"},
		NoticeConditionOverdue: {Words: "A condition you are to show is overdue", Fixed: "Others wait for what you were to show, and its day has passed."},
		NoticeConditionAgain:   {Words: "More is asked for on a condition of yours"},
	} {
		nature.Group = notify.Conditions
		post.Register(kind, nature, writeToShow(kind))
	}
	post.Register(NoticeConditionLate, notify.Nature{Group: notify.Conditions, Words: "A condition is overdue at a forum you run"}, writeConditionLate)
	post.Register(NoticeConditionShown, notify.Nature{Group: notify.Conditions, Words: "Evidence for a condition waits for you to accept it"}, writeConditionShown)
}

// bindingFacts are all a message may know of a decision.
type bindingFacts struct {
	DecisionID uuid.UUID
	Forum      string
	Number     string
	StartsAt   time.Time
	Agency     string
	Waits      bool // for the agency's answer
	Mine       bool // the reader may give it
	Left       bool // the reader left for the item
	Bound      bool
	Refused    bool
	Seated     bool // the reader sits on the forum

	DueOn   clock.Date
	State   ConditionState
	OwnerID uuid.UUID
}

func (f bindingFacts) item() string { return itemFacts{Number: f.Number}.item() }

func (f bindingFacts) link(text, part string) notify.Link {
	return notify.Link{Text: text, Path: "/decisions/" + f.DecisionID.String() + part}
}

// factsOf reads what a message may say of a decision, its condition or its need.
func factsOf(tx db.Tx, n notify.Notice, kind NeedKind) (f bindingFacts, found bool, err error) {
	err = tx.Raw(`
		select d.id as decision_id, fo.name as forum, i.number, m.starts_at, coalesce(a.name, '') as agency,
			exists (select from decision_need x where x.decision_id = d.id and x.agency_id = @agency and (@kind = '' or x.kind = @kind)
				and not exists (select from decision_answer y where y.decision_id = d.id and y.agency_id = x.agency_id and y.kind = x.kind)) as waits,
			exists (select from decision_answerer r where r.decision_id = d.id and r.agency_id = @agency and r.kind = @kind and r.person_id = @to) as mine,
			exists (select from left_item l where l.item_id = d.item_id and l.person_id = @to) as left,
			exists (select from binding_decision b where b.decision_id = d.id) as bound,
			exists (select from decision_answer y where y.decision_id = d.id and not y.agreed) as refused,
			exists (select from seat s join seat_holding h on h.seat_id = s.id where s.forum_id = d.forum_id and h.person_id = @to
				and h.from_date <= @today and (h.to_date is null or h.to_date >= @today)) as seated,
			c.due_on, coalesce(c.state, '') as state, c.owner_id
		from decision d
		join agenda_item i on i.id = d.item_id
		join meeting m on m.id = d.meeting_id
		join forum fo on fo.id = d.forum_id
		left join agency a on a.id = @agency
		left join condition_now c on c.condition_id = @condition
		where d.id = coalesce(@decision, c.decision_id)`,
		map[string]any{"decision": idOrNull(n, "decision"), "agency": idOrNull(n, "agency"), "condition": idOrNull(n, "condition"), "kind": kind, "to": n.To, "today": tx.Today()}).Take(&f).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return f, false, nil
	}
	return f, err == nil, err
}

func idOrNull(n notify.Notice, name string) *uuid.UUID {
	if id, there := n.IDs[name]; there {
		return &id
	}
	return nil
}

// writeAsk asks for an answer, while it is waited for and the reader may give it.
func writeAsk(kind NeedKind, stage string) notify.Compose {
	return func(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
		f, found, err := factsOf(tx, n, kind)
		if !found || !f.Mine {
			return notify.Mail{}, false, err
		}
		mail := notify.Mail{
			Subject: fmt.Sprintf("Your endorsement is needed: %s, %s.", f.Forum, f.item()),
			Lines: []string{
				fmt.Sprintf("%s concluded %s provisionally on %s, without %s.", f.Forum, f.item(), clock.DateOf(f.StartsAt).LongWithWeekday(), f.Agency),
				"It binds nobody until you endorse it for " + f.Agency + ", or refuse with a reason.",
			},
			Link: f.link("Read the decision and answer", "#answer"),
			Why:  fmt.Sprintf("You may answer for %s, and took no part in this item.", f.Agency),
		}
		if kind == Authorisation {
			mail.Subject = fmt.Sprintf("Your authorisation is needed: %s, %s.", f.Forum, f.item())
			mail.Lines = []string{
				fmt.Sprintf("On %s %s recommended something on %s that its members may not commit %s to alone.", clock.DateOf(f.StartsAt).LongWithWeekday(), f.Forum, f.item(), f.Agency),
				"It binds nobody until you authorise it for " + f.Agency + ", or refuse with a reason.",
			}
			mail.Why = fmt.Sprintf("You are the authorising officer of %s.", f.Agency)
		}
		switch stage {
		case stageReminded:
			mail.Subject = "Reminder. " + mail.Subject
		case stageLate:
			mail.Subject = "Overdue. " + mail.Subject
			mail.Lines = append(mail.Lines, "The time for it is over. The chair and the clerk have been told.")
		}
		return mail, true, nil
	}
}

func writeAnswerLate(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	f, found, err := factsOf(tx, n, "")
	if !found || !f.Waits || f.Refused || f.Left {
		return notify.Mail{}, false, err
	}
	return notify.Mail{
		Subject: fmt.Sprintf("A decision still binds nobody: %s, %s.", f.Forum, f.item()),
		Lines: []string{
			fmt.Sprintf("%s has not answered yet about %s of %s.", f.Agency, f.item(), clock.DateOf(f.StartsAt).LongWithWeekday()),
			"Until it does, nothing follows from the decision. Those asked have been chased.",
		},
		Link: f.link("See who was asked", ""),
		Why:  fmt.Sprintf("You are chair or clerk of %s.", f.Forum),
	}, true, nil
}

func writeNobodyAnswers(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	f, found, err := factsOf(tx, n, "")
	if !found || !f.Waits || f.Refused || f.Left {
		return notify.Mail{}, false, err
	}
	mail := notify.Mail{
		Subject: fmt.Sprintf("Nobody can answer for %s.", f.Agency),
		Lines: []string{
			fmt.Sprintf("A decision of %s (%s of %s) needs %s to endorse or authorise it, and %s has no authorising officer who can.", f.Forum, f.item(), clock.DateOf(f.StartsAt).Long(), f.Agency, f.Agency),
			"It binds nobody until an administrator names one on the agency’s page. They are asked at once.",
		},
		Link: notify.Link{Text: "Name an authorising officer", Path: "/agencies/" + n.IDs["agency"].String()},
		Why:  "You are an administrator.",
	}
	if f.Seated {
		mail.Link, mail.Why = f.link("See what it waits for", ""), fmt.Sprintf("You are the clerk of %s.", f.Forum)
	}
	return mail, true, nil
}

// writeBecame tells what became of a decision.
func writeBecame(subject, became string) notify.Compose {
	return func(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
		f, found, err := factsOf(tx, n, "")
		if !found || f.Left {
			return notify.Mail{}, false, err
		}
		mail := notify.Mail{
			Subject: fmt.Sprintf("%s: %s, %s.", subject, f.Forum, f.item()),
			Lines:   []string{fmt.Sprintf("The decision of %s on %s of %s %s", f.Forum, f.item(), clock.DateOf(f.StartsAt).LongWithWeekday(), became)},
			Link:    f.link("Read the decision", ""),
			Why:     fmt.Sprintf("You sit on %s.", f.Forum),
		}
		if !f.Seated {
			mail.Why = "You brought this item to the panel, or your agency is asked to pay."
		}
		return mail, true, nil
	}
}

// writeToShow asks a condition's owner for what shows that it is met, while it is theirs and not shown.
func writeToShow(kind notify.Kind) notify.Compose {
	return func(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
		f, found, err := factsOf(tx, n, "")
		if !found || f.Left || f.Refused || f.OwnerID != n.To || f.State == ConditionMet || f.State == ConditionGiven {
			return notify.Mail{}, false, err
		}
		subject, line := "A condition of yours is due", "It is due to be shown by "+f.DueOn.LongWithWeekday()+"."
		switch kind {
		case NoticeConditionOverdue:
			subject, line = "A condition of yours is overdue", "It was due to be shown by "+f.DueOn.LongWithWeekday()+". It now comes to the forum’s next agenda."
		case NoticeConditionAgain:
			subject, line = "More is asked for on a condition of yours", "What was recorded does not show it yet. It is due by "+f.DueOn.LongWithWeekday()+"."
		}
		return notify.Mail{
			Subject: fmt.Sprintf("%s: %s, %s.", subject, f.Forum, f.item()),
			Lines:   []string{fmt.Sprintf("%s made its decision on %s of %s on a condition that you are to show.", f.Forum, f.item(), clock.DateOf(f.StartsAt).Long()), line},
			Link:    f.link("Read the condition and record what shows it", "#conditions"),
			Why:     "The condition was given to you.",
		}, true, nil
	}
}

func writeConditionLate(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	f, found, err := factsOf(tx, n, "")
	if !found || f.Left || f.State == ConditionMet || f.State == ConditionGiven {
		return notify.Mail{}, false, err
	}
	return notify.Mail{
		Subject: fmt.Sprintf("A condition is overdue: %s, %s.", f.Forum, f.item()),
		Lines: []string{
			fmt.Sprintf("A condition of the decision on %s was due to be shown by %s.", f.item(), f.DueOn.LongWithWeekday()),
			"It comes to the forum’s next agenda until it is shown. Its owner has been told.",
		},
		Link: f.link("Read the condition", "#conditions"),
		Why:  fmt.Sprintf("You are chair or clerk of %s.", f.Forum),
	}, true, nil
}

func writeConditionShown(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	f, found, err := factsOf(tx, n, "")
	if !found || f.Left || f.State != ConditionGiven {
		return notify.Mail{}, false, err
	}
	return notify.Mail{
		Subject: fmt.Sprintf("Evidence for a condition waits to be accepted: %s, %s.", f.Forum, f.item()),
		Lines:   []string{fmt.Sprintf("Evidence was recorded for a condition of the decision on %s of %s. Accept it, or ask again.", f.item(), clock.DateOf(f.StartsAt).Long())},
		Link:    f.link("Read the evidence", "#conditions"),
		Why:     fmt.Sprintf("You accept evidence for %s.", f.Forum),
	}, true, nil
}

// tellOfAnswer tells everybody who sits on the forum, those who brought the item and the people of the
// agencies that pay what became of a decision; not the person who acted, nor whoever left for the item.
func (s *sitting) tellOfAnswer(d Decision, kind notify.Kind) error {
	var people []uuid.UUID
	err := s.Raw(`
		select p.id from person p
		where p.ended_on is null and p.id <> @me
			and (p.id in (select h.person_id from seat s join seat_holding h on h.seat_id = s.id
					where s.forum_id = @forum and h.deputy_order = 0 and h.from_date <= @today and (h.to_date is null or h.to_date >= @today))
				or p.id in (select presenter_id from agenda_item where id = @item)
				or p.id in (select submitted_by from funding_request where id = @request)
				or p.id in (select person_id from decision_answer where decision_id = @decision)
				or p.id in (select g.person_id from meeting_guest g join decision_share x on x.agency_id = g.agency_id and x.decision_id = @decision
					where g.item_id = @item and g.ended_at is null and x.weekly_pence + x.one_off_pence > 0))
			and not exists (select from left_item n where n.item_id = @item and n.person_id = p.id)
		order by p.id`,
		map[string]any{"me": s.Actor.PersonID, "forum": d.ForumID, "item": d.ItemID, "request": d.RequestID, "decision": d.ID, "today": s.Today()}).Scan(&people).Error
	if err != nil {
		return err
	}
	for _, person := range people {
		if err := notify.Send(s.Tx, notify.Notice{Kind: kind, IDs: notify.IDs{"decision": d.ID}, To: person}); err != nil {
			return err
		}
	}
	return nil
}

// tellNobodyAnswers tells the forum's clerk and the administrators that an agency has nobody to answer.
func tellNobodyAnswers(tx db.Tx, decisionID, agencyID uuid.UUID) error {
	var people []uuid.UUID
	err := tx.Raw(`
		select p.id from person p
		where p.ended_on is null and (p.administrator or p.id in (
			select h.person_id from decision d join seat s on s.forum_id = d.forum_id and s.office = @clerk
			join seat_holding h on h.seat_id = s.id and h.deputy_order = 0 and h.from_date <= @today and (h.to_date is null or h.to_date >= @today)
			where d.id = @decision))
		order by p.id`, map[string]any{"clerk": access.Clerk, "decision": decisionID, "today": tx.Today()}).Scan(&people).Error
	if err != nil {
		return err
	}
	for _, person := range people {
		if err := notify.Send(tx, notify.Notice{Kind: NoticeNobodyAnswers, IDs: notify.IDs{"decision": decisionID, "agency": agencyID}, To: person}); err != nil {
			return err
		}
	}
	return nil
}

// tellToShow tells a condition's owner.
func (s *sitting) tellToShow(c DecisionCondition, kind notify.Kind) error {
	return notify.Send(s.Tx, notify.Notice{Kind: kind, IDs: notify.IDs{"condition": c.ID}, To: c.Now.OwnerID})
}

// tellOfEvidence tells the chair, the clerk and the funder who asked for a condition that evidence waits.
func (s *sitting) tellOfEvidence(c DecisionCondition, item Item) error {
	people, err := runners(s.Tx, s.forum.ID, c.DecisionID)
	if err != nil {
		return err
	}
	for _, place := range s.table.deciding() {
		if c.AskedByID != nil && place.Agency.ID == *c.AskedByID && len(place.Fills) > 0 && !s.table.Left(place.Fills[0].PersonID, item.ID) {
			people = append(people, place.Fills[0].PersonID)
		}
	}
	told := map[uuid.UUID]bool{s.Actor.PersonID: true}
	for _, person := range people {
		if told[person] {
			continue
		}
		told[person] = true
		if err := notify.Send(s.Tx, notify.Notice{Kind: NoticeConditionShown, IDs: notify.IDs{"condition": c.ID}, To: person}); err != nil {
			return err
		}
	}
	return nil
}
