package requests

import (
	"errors"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Store carries out what is asked of funding requests, a use case to a method.
type Store struct{ DB *db.DB }

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// Record writes the audit row of one change to a request.
func Record(tx db.Tx, action string, r Request, after any) error {
	return audit.Record(tx, audit.Entry{Action: "request." + action, ObjectKind: "request", ObjectID: r.ID.String(), ForumID: r.ForumID, After: after})
}

var notThere = fault.New(fault.NotFound, "There is no such request, or it is not for you to see.")

// ByID finds a request, whoever asks: who may see it is the caller's to decide.
func ByID(tx db.Tx, id uuid.UUID) (Request, error) {
	var r Request
	err := tx.Where("id = ?", id).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return r, notThere
	}
	return r, err
}

// Lock finds a request and keeps every other change to it waiting.
func Lock(tx db.Tx, id uuid.UUID) (Request, error) {
	var r Request
	err := tx.Raw(`select * from funding_request where id = ? for update`, id).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return r, notThere
	}
	return r, err
}

// SharesOf are the shares of a request that are more than nothing, by agency name.
func SharesOf(tx db.Tx, requestID uuid.UUID) ([]Share, error) {
	var shares []Share
	err := tx.Raw(`select s.* from request_share s join agency a on a.id = s.agency_id where s.request_id = ? order by a.name`, requestID).Scan(&shares).Error
	return shares, err
}

// CasesOf are the young people a request is about: one, or an uplift's many.
func CasesOf(tx db.Tx, r Request) (cases []uuid.UUID, err error) {
	if r.CaseID != nil {
		return []uuid.UUID{*r.CaseID}, nil
	}
	err = tx.Raw(`select distinct case_id from request_line where request_id = ? and case_id is not null`, r.ID).Scan(&cases).Error
	return cases, err
}

// Funders are the agencies that may be asked to pay, by name.
func Funders(tx db.Tx) ([]panels.Agency, error) {
	var agencies []panels.Agency
	err := tx.Where("funder").Order("name").Find(&agencies).Error
	return agencies, err
}

// Panels are the forums a request may be put to: those whose terms in force take each funder's
// consent to its own share.
func Panels(tx db.Tx) ([]panels.Forum, error) {
	var forums []panels.Forum
	err := tx.Raw(`
		select f.* from forum f
		join lateral (
			select voting_rule from terms_of_reference t where t.forum_id = f.id and t.in_force_on <= ?
			order by in_force_on desc, number desc limit 1
		) t on t.voting_rule = 'funder_consent'
		where not f.board order by f.name`, tx.Today()).Scan(&forums).Error
	return forums, err
}

// mayRead’s error is nil when the actor may read a request; to others it is not there. Its presenter may;
// once it is submitted, the panel's clerk and chair, who table it or send it back; and once it stands
// on an agenda the panel was sent, everybody with a seat there, and who is a guest of its item until that
// is over. Whoever left an item about its case
// because of an interest may not, whatever else would let them. A guest who is nothing more sees the
// request and not the case’s own page.
func mayRead(tx db.Tx, r Request) (onlyGuest bool, err error) {
	actor := tx.Actor
	var facts struct{ Published, Guest, Left bool }
	err = tx.Raw(`
		select exists (
				select from agenda_item i join meeting m on m.id = i.meeting_id
				where i.request_id = @request and i.state = 'listed' and i.number <> '' and m.agenda_version > 0) as published,
			exists (select from guest_item where request_id = @request and person_id = @person) as guest,
			exists (`+tracker.InterestIn("@person", "@case")+`)
				or exists (select from standing_interest n join agenda_item i on i.id = n.item_id
					where i.request_id = @request and n.person_id = @person) as "left"`,
		map[string]any{"request": r.ID, "case": r.CaseID, "person": actor.PersonID}).Scan(&facts).Error
	if err != nil {
		return false, err
	}
	brings := actor.IsPerson() && r.SubmittedBy == actor.PersonID
	weighs := r.State != Draft && actor.May(access.TableRequest, r.ForumID)
	sits := facts.Published && len(actor.SeatsOn(r.ForumID)) > 0 && actor.May(access.ReadRequest, r.ForumID)
	switch {
	case !brings && !weighs && !sits && !facts.Guest:
		return false, notThere
	case facts.Left:
		return false, fault.New(fault.Denied, "You declared an interest in this request, so it is closed to you.")
	}
	return !brings && !weighs && !sits, nil
}

// change updates a request found by Lock at the version the person saw; 0 is for changes that do not
// depend on it.
func (r Request) change(tx db.Tx, version int, to map[string]any) error {
	if version != 0 && version != r.Version {
		return fault.New(fault.Stale, "Somebody else changed this request while you were working on it. Look at it as it is now, then make your change again.")
	}
	to["version"] = r.Version + 1
	return db.RequireOne(tx.Model(&Request{}).Where("id = ? and version = ?", r.ID, r.Version).Updates(to))
}

// normalised is a case number as the tracker reads it: "Q1042" for "1042".
func normalised(number string) string {
	number = strings.ReplaceAll(strings.ToUpper(strings.TrimSpace(number)), " ", "")
	if number != "" && !strings.HasPrefix(number, "Q") {
		return "Q" + number
	}
	return number
}
