package letters

import (
	"slices"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// authorisationsWhere reads authorisations, a, of decisions, d, with their lines, the newest first.
func authorisationsWhere(tx db.Tx, where string, named map[string]any) (rows []AuthorisationRow, err error) {
	err = tx.Raw(`
		select a.*, g.name as agency, g.legal_body, f.name as forum, f.slug as forum_slug, m.starts_at as meeting_at, i.number as item_number, coalesce(c.number, 0) as case_number,
			coalesce(before.number, 0) as follows, coalesce(after.number, 0) as followed_by, after.id as followed_by_id,
			coalesce(pc.name, '') as committed, coalesce(pa.name, '') as authorised, coalesce(pi.name, '') as issuer, coalesce(lead.name, '') as pays_provider
		from funding_authorisation a
		join decision d on d.id = a.decision_id
		join agency g on g.id = a.agency_id
		join forum f on f.id = a.forum_id
		join meeting m on m.id = d.meeting_id
		join agenda_item i on i.id = d.item_id
		left join cases c on c.id = standing_case(d.case_id)
		left join funding_authorisation before on before.id = a.follows_id
		left join funding_authorisation after on after.follows_id = a.id
		left join person pc on pc.id = a.committed_by
		left join person pa on pa.id = a.authorised_by
		left join person pi on pi.id = a.issued_by
		left join lateral (select ag.name from paying_lead p join agency ag on ag.id = p.agency_id where p.decision_id = d.id order by p.id desc limit 1) lead on true
		where `+where+`
		order by a.number desc limit 1000`, named).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]uuid.UUID, len(rows))
	at := make(map[uuid.UUID]*AuthorisationRow, len(rows))
	for i := range rows {
		ids[i], at[rows[i].ID] = rows[i].ID, &rows[i]
	}
	var lines []AuthorisationLine
	err = tx.Raw(`select * from authorisation_line where authorisation_id in ? order by authorisation_id, position`, ids).Scan(&lines).Error
	for _, line := range lines {
		at[line.AuthorisationID].Lines = append(at[line.AuthorisationID].Lines, line)
	}
	return rows, err
}

// Authorisations is a list of them, with the forums it may be narrowed to.
type Authorisations struct {
	Forums  []panels.Forum
	Keeps   []panels.Forum // of those, where the reader keeps them
	Rows    []AuthorisationRow
	Waiting int // not issued
}

// ListAuthorisations lists the authorisations of the forums whose clerk or chair the actor is; and where they
// speak for an agency, that agency's own, once issued.
func ListAuthorisations(tx db.Tx, slug string) (list Authorisations, err error) {
	if len(forumsWhere(tx.Actor, access.ReadPayments)) == 1 { // a board’s seats read none
		return list, fault.New(fault.Denied, "Authorisations are read by a forum’s clerk and chair, and by those who decide there for an agency.")
	}
	keeps, reads := forumsWhere(tx.Actor, access.WriteLetters), forumsWhere(tx.Actor, access.ReadPayments)
	if err := tx.Raw(`select * from forum where id in ? and not board order by name`, reads).Scan(&list.Forums).Error; err != nil {
		return list, err
	}
	chosen := uuid.Nil
	for _, forum := range list.Forums {
		if forum.Slug == slug {
			chosen = forum.ID
		}
		if slices.Contains(keeps, forum.ID) {
			list.Keeps = append(list.Keeps, forum)
		}
	}
	if slug != "" && chosen == uuid.Nil {
		return list, fault.New(fault.NotFound, "There is no such forum, or its authorisations are not yours to read.")
	}
	var own []string
	for _, forumID := range reads {
		for _, agency := range agenciesOn(tx.Actor, forumID) {
			own = append(own, forumID.String()+agency.String())
		}
	}
	list.Rows, err = authorisationsWhere(tx, `
		(a.forum_id in @keeps or a.issued_at is not null and a.forum_id::text || a.agency_id::text in @own) and (@all or a.forum_id = @chosen) and not `+left,
		map[string]any{"keeps": keeps, "own": append(own, ""), "all": slug == "", "chosen": chosen, "me": tx.Actor.PersonID})
	for _, row := range list.Rows {
		if row.IssuedAt == nil {
			list.Waiting++
		}
	}
	return list, err
}

// AuthorisationPage is one authorisation.
type AuthorisationPage struct {
	AuthorisationRow
	MayIssue bool
}

// ShowAuthorisation is an authorisation for its forum's clerk and chair, and for the members of the agency that
// pays once it is issued.
func ShowAuthorisation(tx db.Tx, id uuid.UUID) (p AuthorisationPage, err error) {
	gone := fault.New(fault.NotFound, "There is no such authorisation.")
	rows, err := authorisationsWhere(tx, `a.id = @id`, map[string]any{"id": id})
	if err != nil {
		return p, err
	}
	if len(rows) == 0 {
		return p, gone
	}
	p.AuthorisationRow = rows[0]
	_, refused := mayWrite(tx, p.DecisionID)
	switch {
	case refused == nil:
		p.MayIssue = p.IssuedAt == nil
		return p, nil
	case !fault.Is(refused, fault.NotFound):
		return p, refused
	}
	own, err := ownAgency(tx, p.DecisionID, &p.AgencyID, p.ForumID)
	if err != nil {
		return p, err
	}
	if !own || p.IssuedAt == nil {
		return p, gone
	}
	return p, nil
}
