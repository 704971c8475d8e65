package tracker

import (
	"time"

	"github.com/google/uuid"

	"quorate/server/base/db"
)

// A ReferenceChange is one change of the person reference a case is held under.
type ReferenceChange struct {
	ID        uuid.UUID
	CaseID    uuid.UUID
	Former    string
	Reference string // the one it took
	MergeID   *uuid.UUID
	ChangedBy uuid.UUID
	ChangedAt time.Time
	UndoneBy  *uuid.UUID
	UndoneAt  *time.Time
}

// A PastChange is a change of reference as the page of references lists it.
type PastChange struct {
	ReferenceChange
	By         string
	UndoneName string // who undid it, "" while it stands
}

// A PastMerge is a merge as the page of references lists it.
type PastMerge struct {
	ID         uuid.UUID
	GoneNumber int64
	By         string
	MergedAt   time.Time
	UndoneName string // who undid it, "" while it stands
	UndoneAt   *time.Time
	Latest     bool // of those that stand: it can be undone
}

// GoneReference is the merged case's number as people see it.
func (m PastMerge) GoneReference() string { return CaseReference(m.GoneNumber) }

// A Sign is why two people may be one: a number both hold.
type Sign struct {
	Field Field
	Value string
}

// MaybeSame is a case that may be the same person as another.
type MaybeSame struct {
	Case  Case
	Signs []Sign
}

// CaseReferences is under which references a young person is and was held, and who they may be as well.
type CaseReferences struct {
	Changes []PastChange // latest first; those that came with a merge are told with it
	Merges  []PastMerge  // latest first
	Maybe   []MaybeSame
}

// ReferencesOf reads the references of a standing case, for those who keep the tracker.
func ReferencesOf(tx db.Tx, of Case) (CaseReferences, error) {
	if err := maySettle(tx.Actor); err != nil {
		return CaseReferences{}, err
	}
	var all CaseReferences
	if err := tx.Raw(`
		select r.*, p.name as by, coalesce(u.name, '') as undone_name
		from reference_change r join person p on p.id = r.changed_by left join person u on u.id = r.undone_by
		where r.case_id = ? and r.merge_id is null order by r.changed_at desc, r.id desc limit 100`, of.ID).Scan(&all.Changes).Error; err != nil {
		return all, err
	}
	if err := tx.Raw(`
		select m.id, g.number as gone_number, p.name as by, m.merged_at, coalesce(u.name, '') as undone_name, m.undone_at,
			m.undone_at is null and not exists (select from case_merge later where later.kept_id = m.kept_id and later.undone_at is null and later.id > m.id) as latest
		from case_merge m join cases g on g.id = m.gone_id join person p on p.id = m.merged_by left join person u on u.id = m.undone_by
		where m.kept_id = ? order by m.merged_at desc, m.id desc limit 100`, of.ID).Scan(&all.Merges).Error; err != nil {
		return all, err
	}
	var err error
	all.Maybe, err = maybeSame(tx, of.ID)
	return all, err
}

// maybeSame lists the cases that hold a number of this one's.
func maybeSame(tx db.Tx, caseID uuid.UUID) ([]MaybeSame, error) {
	var signs []struct {
		OtherID uuid.UUID
		Sign    Field
		Value   string
	}
	if err := tx.Raw(`select other_id, sign, value from same_person_sign where case_id = ? order by other_id, sign limit 200`, caseID).Scan(&signs).Error; err != nil {
		return nil, err
	}
	ids := []uuid.UUID{uuid.Nil}
	for _, sign := range signs {
		ids = append(ids, sign.OtherID)
	}
	var cases []Case
	if err := Visible(tx).Where("cases.id in ?", ids).Order("cases.number").Find(&cases).Error; err != nil {
		return nil, err
	}
	list := make([]MaybeSame, len(cases))
	for i, c := range cases {
		list[i].Case = c
		for _, sign := range signs {
			if sign.OtherID == c.ID {
				list[i].Signs = append(list[i].Signs, Sign{sign.Sign, sign.Value})
			}
		}
	}
	return list, nil
}

// A Pair is two cases that may be one person.
type Pair struct {
	First, Second int64 // their numbers
	Signs         []Field
}

// MaybeOnePerson lists the pairs of cases that hold a number in common, at most limit, and how many there are.
func MaybeOnePerson(tx db.Tx, limit int) (pairs []Pair, total int, err error) {
	if err := maySettle(tx.Actor); err != nil {
		return nil, 0, err
	}
	var rows []struct {
		First, Second int64
		Signs         string
		Total         int
	}
	err = tx.Raw(`
		select c.number as first, o.number as second, string_agg(distinct s.sign, ' ' order by s.sign) as signs, count(*) over () as total
		from same_person_sign s join cases c on c.id = s.case_id join cases o on o.id = s.other_id
		where c.number < o.number
			and not exists (`+interestIn("@me", "c.id")+`) and not exists (`+interestIn("@me", "o.id")+`)
		group by c.number, o.number order by c.number, o.number limit @limit`,
		map[string]any{"me": tx.Actor.PersonID, "limit": limit}).Scan(&rows).Error
	for _, row := range rows {
		pairs, total = append(pairs, Pair{row.First, row.Second, signsIn(row.Signs)}), row.Total
	}
	return pairs, total, err
}
