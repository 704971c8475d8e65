package measures

import (
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Scope is whose figures are read, and by whom.
//
// Somebody who sits on forums reads the figures of the cases they may see there, and opens the list behind each:
// the figures count exactly those cases, so a list never has more or less than its figure. A board reads the
// figures of the forums that lead to it and of everybody those follow. It opens no list and small counts are held
// back; and it reads the whole alone, never forum by forum, so that no forum's count can be worked out from two.
type Scope struct {
	Name   string
	Slug   string // in addresses; "" for all the forums somebody sits on
	Board  bool   // nothing that points at anybody is told
	actor  access.Actor
	forums []panels.Forum
	one    *panels.Forum // the one forum it is narrowed to
}

// Scopes are the figures the actor may read, what they read first at the front.
func Scopes(tx db.Tx) ([]Scope, error) {
	if err := tx.Actor.Check(access.ReadMeasures, uuid.Nil); err != nil {
		return nil, err
	}
	all, err := panels.Forums(tx)
	if err != nil {
		return nil, err
	}
	var own, boards []Scope
	var mine []panels.Forum
	for _, f := range all {
		switch {
		case !tx.Actor.May(access.ReadMeasures, f.ID):
		case f.Board:
			boards = append(boards, Scope{Name: f.Name, Slug: f.Slug, Board: true, actor: tx.Actor, forums: leadingTo(f, all)})
		default:
			mine = append(mine, f)
			own = append(own, Scope{Name: f.Name, Slug: f.Slug, actor: tx.Actor, forums: []panels.Forum{f}, one: &f})
		}
	}
	if len(mine) > 1 {
		own = slices.Insert(own, 0, Scope{Name: "All your forums", actor: tx.Actor, forums: mine})
	}
	return append(own, boards...), nil
}

// Choose is the scope of a slug, the first for none.
func Choose(scopes []Scope, slug string) (Scope, error) {
	for _, s := range scopes {
		if slug == "" || s.Slug == slug {
			return s, nil
		}
	}
	return Scope{}, fault.New(fault.NotFound, "There are no such figures that you may read.")
}

// leadingTo are the forums whose ladder leads to a board.
func leadingTo(board panels.Forum, all []panels.Forum) (below []panels.Forum) {
	for _, f := range all {
		at := f
		for range all {
			if at.EscalatesTo == nil || f.Board {
				break
			}
			i := slices.IndexFunc(all, func(above panels.Forum) bool { return above.ID == *at.EscalatesTo })
			if i < 0 {
				break
			}
			if at = all[i]; at.Board {
				if at.ID == board.ID {
					below = append(below, f)
				}
				break
			}
		}
	}
	return below
}

// forumIDs are never none: "in ()" is no SQL.
func (s Scope) forumIDs() []uuid.UUID {
	ids := []uuid.UUID{uuid.Nil}
	for _, f := range s.forums {
		ids = append(ids, f.ID)
	}
	return ids
}

// cases is a query for whom the figures count.
func (s Scope) cases(tx db.Tx) *gorm.DB {
	if s.Board {
		query := tx.Model(&tracker.Case{}).Select("cases.*").Where("cases.merged_into is null")
		localities := []string{""}
		for _, f := range s.forums {
			if f.Locality == "" {
				return query // it follows everybody
			}
			localities = append(localities, strings.ToLower(f.Locality))
		}
		return query.Where("lower(cases.locality) in ? and cases.locality <> ''", localities)
	}
	query := tracker.Visible(tx).Select("cases.*")
	switch {
	case s.one == nil:
	case s.one.Locality != "":
		query = query.Where("lower(cases.locality) = ?", strings.ToLower(s.one.Locality))
	case !tx.Actor.MayAnywhere(access.ImportTracker): // a clerk follows everybody there
		query = query.Where(`exists (
			select from agenda_item i join meeting m on m.id = i.meeting_id left join funding_request r on r.id = i.request_id
			where m.forum_id = ? and standing_case(coalesce(i.case_id, r.case_id)) = cases.id and i.state = 'listed' and i.number <> '' and m.agenda_version > 0)`, s.one.ID)
	}
	return query
}

// mayList reports whether the list behind a measure's figures is for the reader.
func (s Scope) mayList(d Definition) bool {
	if s.Board {
		return false
	}
	if d.ListAction == "" {
		return s.actor.MayAnywhere(access.ReadCases)
	}
	return !slices.ContainsFunc(s.forums, func(f panels.Forum) bool { return !s.actor.May(d.ListAction, f.ID) })
}
