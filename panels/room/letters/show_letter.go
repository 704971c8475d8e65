package letters

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

func lowerFirst(text string) string {
	if text == "" {
		return text
	}
	return string(text[0]|0x20) + text[1:]
}

// Page is one letter with all that its clerk needs, or as its own reader may see it.
type Page struct {
	Letter
	Subject      string // as it is worded now
	Body         string
	Forum        string
	ForumSlug    string
	Mailbox      string
	MeetingAt    time.Time
	ItemNumber   string
	CaseNumber   int64
	Outcome      room.Outcome
	Easy         bool
	Own          bool   // the young person is 16 or older
	StillHolds   []Hold // why nobody gets it until somebody decides
	Barred       string // with whom contact is barred
	Standing     string
	Late         bool
	Binds        bool // the decision still does
	ChairAlone   bool // the terms of reference have the chair approve
	MayWrite     bool
	MayApprove   bool
	Approver     string
	Releaser     string
	Sender       string
	Template     string // its title
	TemplateNow  int    // the version in force
	Revisions    []Revision
	Corrects     *clock.Date // when the letter went out that this one takes the place of
	CorrectedBy  *uuid.UUID  // the letter that takes its place
	Corrections  int         // put beside the decision after this letter was drafted, while it has not gone out
	WishesFormat Format      // now
	WishesTongue string
}

// Reference is the case's number as people see it; "" for none.
func (p Page) Reference() string {
	if p.CaseNumber == 0 {
		return ""
	}
	return tracker.CaseReference(p.CaseNumber)
}

// DatedOn is the day a letter bears: when it went, or was approved, or today.
func (p Page) DatedOn(today clock.Date) clock.Date {
	switch {
	case !p.SentOn.IsZero():
		return p.SentOn
	case p.ApprovedAt != nil:
		return clock.DateOf(*p.ApprovedAt)
	}
	return today
}

// ShowLetter is a letter for its forum's clerk and chair; and, once it is approved and nothing holds it, one
// that is written to an agency for the members who speak for that agency there.
func ShowLetter(tx db.Tx, id uuid.UUID) (p Page, err error) {
	gone := fault.New(fault.NotFound, "There is no such letter.")
	if err := tx.Raw(`select * from letter where id = ?`, id).Take(&p.Letter).Error; err != nil {
		return p, orNotFound(err, gone.Sentence)
	}
	_, refused := mayWrite(tx, p.DecisionID)
	p.MayWrite = refused == nil
	if fault.Is(refused, fault.Denied) {
		return p, refused
	}
	if refused != nil && !fault.Is(refused, fault.NotFound) {
		return p, refused
	}
	f, binds, err := readFacts(tx, p.DecisionID)
	if err != nil {
		return p, err
	}
	p.Binds, p.StillHolds = binds, p.StillHeld(f.about().Holds())
	if !p.MayWrite {
		own, err := ownAgency(tx, p.DecisionID, p.AgencyID, p.ForumID)
		if err != nil {
			return p, err
		}
		if !own || p.State != Approved && p.State != Sent || p.State == Approved && (len(p.StillHolds) > 0 || !binds) {
			return p, gone
		}
	}
	now, err := latest(tx, id)
	if err != nil {
		return p, err
	}
	p.Subject, p.Body = now.Subject, now.Body
	p.Easy, p.Own, p.Barred, p.WishesFormat = p.Format == EasyRead, f.CaseID != nil && f.about().Own(tx.Today()), f.Wish.Barred, f.Wish.Format
	if p.WishesTongue = f.Wish.Language; !f.Wish.Recorded() {
		p.WishesTongue = f.Interpreter
	}
	err = tx.Raw(`
		select fo.name as forum, fo.slug as forum_slug, fo.mailbox_email as mailbox, m.starts_at as meeting_at, i.number as item_number, coalesce(c.number, 0) as case_number,
			coalesce(b.outcome, d.outcome) as outcome, coalesce(a.name, '') as approver, coalesce(r.name, '') as releaser, coalesce(s.name, '') as sender,
			was.sent_on as corrects, (select n.id from letter n where n.corrects_id = l.id order by n.id limit 1) as corrected_by,
			(select count(*) from decision_correction k where k.decision_id = d.id and k.corrected_at >= l.created_at and k.id is distinct from l.correction_id) as corrections
		from letter l join decision d on d.id = l.decision_id join forum fo on fo.id = l.forum_id join meeting m on m.id = d.meeting_id join agenda_item i on i.id = d.item_id
		left join binding_decision b on b.decision_id = d.id left join cases c on c.id = standing_case(d.case_id) left join letter was on was.id = l.corrects_id
		left join person a on a.id = l.approved_by left join person r on r.id = l.released_by left join person s on s.id = l.sent_by
		where l.id = ?`, id).Row().Scan(&p.Forum, &p.ForumSlug, &p.Mailbox, &p.MeetingAt, &p.ItemNumber, &p.CaseNumber, &p.Outcome, &p.Approver, &p.Releaser, &p.Sender, &p.Corrects, &p.CorrectedBy, &p.Corrections)
	if err != nil {
		return p, err
	}
	if !p.MayWrite {
		return p, nil
	}
	return p, p.forClerk(tx)
}

// forClerk adds what only those who keep the letter see.
func (p *Page) forClerk(tx db.Tx) error {
	err := tx.Raw(`select r.*, coalesce(n.name, '') as by from letter_revision r left join person n on n.id = r.author where r.letter_id = ? order by r.number desc limit 200`, p.ID).Scan(&p.Revisions).Error
	if err != nil {
		return err
	}
	days, err := panels.WorkingDays(tx)
	if err != nil {
		return err
	}
	terms, err := panels.TermsInForce(tx, p.ForumID, tx.Today())
	if err != nil {
		return err
	}
	p.ChairAlone = terms.LetterApproval == panels.ChairApproves
	if p.MayApprove, err = mayApprove(tx, p.ForumID); err != nil {
		return err
	}
	lines := []Line{{State: p.State, DueOn: p.DueOn, SentOn: p.SentOn, SentHow: p.SentHow}}
	p.Standing, p.Late = Lateness(p.DueOn, tx.Today(), days)
	if !p.Open() {
		if err := stand(tx, lines); err != nil {
			return err
		}
		p.Standing, p.Late = lines[0].Standing, false
	}
	now, err := templateInForce(tx, p.Letter.Template)
	p.Template, p.TemplateNow = Title(p.Letter.Template), now.Number
	return err
}

// ownAgency reports whether the actor holds a deciding seat for an agency on a forum and did not leave for
// the decision's item.
func ownAgency(tx db.Tx, decisionID uuid.UUID, agencyID *uuid.UUID, forumID uuid.UUID) (bool, error) {
	if agencyID == nil || !tx.Actor.May(access.ReadPayments, forumID) || !slices.Contains(agenciesOn(tx.Actor, forumID), *agencyID) {
		return false, nil
	}
	var away bool
	err := tx.Raw(`select `+left+` from decision d where d.id = @decision`, map[string]any{"decision": decisionID, "me": tx.Actor.PersonID}).Scan(&away).Error
	return !away, err
}

// agenciesOn are those for which somebody decides on a forum.
func agenciesOn(actor access.Actor, forumID uuid.UUID) (agencies []uuid.UUID) {
	for _, seat := range actor.SeatsOn(forumID) {
		if !seat.Board && seat.Office != access.Clerk && seat.Standing == access.Deciding && seat.AgencyID != uuid.Nil {
			agencies = append(agencies, seat.AgencyID)
		}
	}
	return agencies
}

// DecisionPage is a decision's letters and payments in one place, for its forum's clerk and chair.
type DecisionPage struct {
	DecisionID     uuid.UUID
	Forum          string
	ForumSlug      string
	MeetingAt      time.Time
	ItemNumber     string
	CaseNumber     int64
	Young          string
	Forename       string
	HasCase        bool
	Own            bool // 16 or older
	Outcome        room.Outcome
	Binds          bool
	Wish           Wish
	Interpreter    string // as the tracker says
	Holds          []Hold
	Bases          []Basis
	ParentPossible bool
	Lines          []Line
	Authorisations []AuthorisationRow
	Lead           *uuid.UUID
	LeadAssumed    bool
	Payers         []panels.Agency
}

// ShowDecision is what was written and authorised about a decision, and what decides who may get it.
func ShowDecision(tx db.Tx, decisionID uuid.UUID) (p DecisionPage, err error) {
	forumID, err := mayWrite(tx, decisionID)
	if err != nil {
		return p, err
	}
	forum, err := panels.ForumByID(tx, forumID)
	if err != nil {
		return p, err
	}
	f, binds, err := readFacts(tx, decisionID)
	if err != nil {
		return p, err
	}
	p = DecisionPage{
		DecisionID: decisionID, Forum: forum.Name, ForumSlug: forum.Slug, MeetingAt: f.MeetingAt, ItemNumber: f.ItemNumber, CaseNumber: f.CaseNumber, Young: f.young(), Forename: f.Forename,
		HasCase: f.CaseID != nil, Outcome: f.Outcome, Binds: binds, Wish: f.Wish, Interpreter: f.Interpreter,
	}
	if !binds {
		var about struct {
			MeetingAt  time.Time
			ItemNumber string
		}
		err := tx.Raw(`select m.starts_at as meeting_at, i.number as item_number from decision d join meeting m on m.id = d.meeting_id join agenda_item i on i.id = d.item_id where d.id = ?`, decisionID).Take(&about).Error
		p.MeetingAt, p.ItemNumber = about.MeetingAt, about.ItemNumber
		return p, err
	}
	if p.HasCase {
		p.Own, p.Holds, p.Bases = f.about().Own(tx.Today()), f.about().Holds(), f.about().ParentBases(tx.Today())
		p.ParentPossible = slices.Contains(OwedFor(f.Outcome).Audiences, ToYoungPerson)
	}
	if p.Lines, err = LettersOf(tx, decisionID); err != nil {
		return p, err
	}
	if p.Authorisations, err = authorisationsWhere(tx, `a.decision_id = @decision`, map[string]any{"decision": decisionID}); err != nil {
		return p, err
	}
	var lead []PayingLead
	if err := tx.Raw(`select * from paying_lead where decision_id = ? order by id desc limit 1`, decisionID).Scan(&lead).Error; err != nil {
		return p, err
	}
	if len(lead) > 0 {
		p.Lead, p.LeadAssumed = &lead[0].AgencyID, lead[0].SetBy == nil
	}
	err = tx.Raw(`select a.* from decision_share s join agency a on a.id = s.agency_id where s.decision_id = ? and s.weekly_pence + s.one_off_pence > 0 order by a.name`, decisionID).Scan(&p.Payers).Error
	return p, err
}

// Reference is the case's number as people see it; "" for none.
func (p DecisionPage) Reference() string {
	if p.CaseNumber == 0 {
		return ""
	}
	return tracker.CaseReference(p.CaseNumber)
}
