package tracker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Merge says that two cases are one person: which case stays, and for which fields the other's value is
// the right one. The versions are those that were compared.
type Merge struct {
	KeptID, GoneID           uuid.UUID
	KeptVersion, GoneVersion int
	FromGone                 []Field
}

// MergeCases makes two cases one. What is under way about the other (drafts of agendas, requests, actions,
// blockers, what is due, who may see it) moves to the case that stays; what was published and decided about
// it stays under its own number, which leads to the case that stays, and is seen there.
func MergeCases(ctx context.Context, d *db.DB, actor access.Actor, asked Merge) (mergeID uuid.UUID, err error) {
	if err := maySettle(actor); err != nil {
		return uuid.Nil, err
	}
	if asked.KeptID == asked.GoneID {
		return uuid.Nil, inField("other", "This is the same case. Enter the number of the other one")
	}
	for _, field := range asked.FromGone {
		if ruleOf[field] == nil {
			return uuid.Nil, inField(string(field), "Choose one of the two values")
		}
	}
	mergeID = uuid.Must(uuid.NewV7())
	err = d.Write(ctx, actor, func(tx db.Tx) error {
		kept, gone, err := lockPair(tx, asked)
		if err != nil {
			return err
		}
		was := kept
		changes, values := chosen(&kept, &gone, asked.FromGone)
		written, err := json.Marshal(changes)
		if err != nil {
			return err
		}
		if err := tx.Exec(`insert into case_merge (id, kept_id, gone_id, changes, merged_by, merged_at) values (?, ?, ?, ?::jsonb, ?, ?)`,
			mergeID, kept.ID, gone.ID, string(written), actor.PersonID, tx.Now).Error; err != nil {
			return err
		}
		if err := move(tx, mergeID, &kept, &gone, values); err != nil {
			return err
		}
		if err := db.RequireOne(tx.Exec(`update cases set merged_into = ?, version = version + 1, updated_at = ? where id = ? and merged_into is null`,
			kept.ID, tx.Now, gone.ID)); err != nil {
			return err
		}
		if err := announceJoined(tx, mergeID); err != nil {
			return err
		}
		if err := setFields(tx, kept.ID, values); err != nil {
			return err
		}
		if reference, changed := values[PersonReference]; changed {
			if err := changeReference(tx, &was, reference.(string), &mergeID); err != nil {
				return err
			}
		}
		if err := writeHistory(tx, kept.ID, gone.Reference()+" was found to be the same person and merged into this case", changes); err != nil {
			return err
		}
		if err := writeHistory(tx, gone.ID, "Merged into "+kept.Reference(), nil); err != nil {
			return err
		}
		if err := audit.Record(tx, audit.Entry{Action: "case.merged", ObjectKind: "case", ObjectID: kept.ID.String(),
			Before: beforeOf(changes), After: map[string]any{"gone": gone.ID, "merge": mergeID, "values": values}}); err != nil {
			return err
		}
		return AnnounceChanged(tx, CasesChanged{Cases: []uuid.UUID{kept.ID, gone.ID}})
	})
	return mergeID, err
}

// lockPair locks both cases, in one order whichever stays.
func lockPair(tx db.Tx, asked Merge) (kept, gone Case, err error) {
	if err = lockTracker(tx); err != nil {
		return kept, gone, err
	}
	first, second := asked.KeptID.String() < asked.GoneID.String(), asked.KeptID.String() >= asked.GoneID.String()
	if first {
		kept, err = lockCase(tx, asked.KeptID, asked.KeptVersion)
	}
	if err == nil {
		gone, err = lockCase(tx, asked.GoneID, asked.GoneVersion)
	}
	if err == nil && second {
		kept, err = lockCase(tx, asked.KeptID, asked.KeptVersion)
	}
	return kept, gone, err
}

// chosen are the values the case that stays takes from the other: as a change, and by their columns.
func chosen(kept, gone *Case, fromGone []Field) (changes map[Field][2]any, values map[Field]any) {
	changes, values = map[Field][2]any{}, map[Field]any{}
	for _, field := range fromGone {
		if rule := ruleOf[field]; !rule.same(kept, gone) {
			values[field] = rule.stored(gone)
			changes[field] = [2]any{rule.stored(kept), rule.stored(gone)}
		}
	}
	return changes, values
}

// setFields writes fields of one case, by their columns.
func setFields(tx db.Tx, caseID uuid.UUID, values map[Field]any) error {
	written, err := json.Marshal(values)
	if err != nil {
		return err
	}
	err = db.RequireOne(tx.Exec(`
		update cases c set version = c.version + 1, updated_at = @now, `+each(Fields(), "%[1]s = p.%[1]s", ", ")+`
		from cases held cross join lateral jsonb_populate_record(held, cast(@values as jsonb)) p
		where held.id = @case and c.id = held.id`, map[string]any{"now": tx.Now, "values": string(written), "case": caseID}))
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return fault.New(fault.Conflict, "Another case has taken this reference just now. Look at the cases, then decide.")
	}
	return err
}

func beforeOf(changes map[Field][2]any) map[Field]any {
	before := make(map[Field]any, len(changes))
	for field, values := range changes {
		before[field] = values[0]
	}
	return before
}

// A mover takes what hangs on one case to the other and writes down what it took: "take" at a merge,
// "back" when it is undone. @kept and @gone are the cases. What has been published or decided is no
// mover's: it stays where it was.
type mover struct{ table, take, back string }

// follows is a mover of rows that only say whose they are.
func follows(table, where string) mover {
	return mover{
		table: table,
		take: `with taken as (update ` + table + ` t set case_id = @kept where t.case_id = @gone ` + where + ` returning t.id)
			insert into case_merge_thing (merge_id, thing, thing_id) select @merge, '` + table + `', id from taken`,
		back: `update ` + table + ` t set case_id = @gone from case_merge_thing g
			where g.merge_id = @merge and g.thing = '` + table + `' and g.was = '' and t.id = g.thing_id and t.case_id = @kept`,
	}
}

var movers = []mover{
	// A draft that lists both lists the one that stays.
	{
		table: "agenda_item",
		take: `with taken as (
				update agenda_item t set state = 'removed', removed_reason = 'The same person as another line'
				where t.case_id = @gone and t.number = '' and t.kind = 'case' and t.state = 'listed' and exists (
					select from agenda_item o where o.meeting_id = t.meeting_id and o.case_id = @kept and o.kind = 'case' and o.state = 'listed')
				returning t.id)
			insert into case_merge_thing (merge_id, thing, thing_id, was) select @merge, 'agenda_item', id, 'listed' from taken`,
		back: `update agenda_item t set state = 'listed', removed_reason = '' from case_merge_thing g
			where g.merge_id = @merge and g.thing = 'agenda_item' and g.was = 'listed' and t.id = g.thing_id and t.case_id = @gone and t.state = 'removed'`,
	},
	follows("agenda_item", `and t.number = '' and not exists (
		select from agenda_item o where o.meeting_id = t.meeting_id and o.case_id = @kept and o.kind = 'case' and t.kind = 'case')`),
	follows("funding_request", ""),
	follows("request_line", ""), // an uplift’s package
	follows("due", ""),
	// What a meeting said is kept against imports where the merged case says it still, and let go where the
	// other's value was chosen. @taken are the fields of that choice, @alike those in which nothing was chosen.
	{
		table: "kept_value",
		take: `with taken as (update kept_value t set released_at = @now, released_by = @by, release = 'said anew'
				where t.case_id = @kept and t.released_at is null and t.field in @taken returning t.id)
			insert into case_merge_thing (merge_id, thing, thing_id, was) select @merge, 'kept_value', id, 'standing' from taken`,
		back: `update kept_value t set released_at = null, released_by = null, release = null from case_merge_thing g
			where g.merge_id = @merge and g.thing = 'kept_value' and g.was = 'standing' and t.id = g.thing_id and t.release = 'said anew'
				and not exists (select from kept_value o where o.case_id = t.case_id and o.field = t.field and o.released_at is null)`,
	},
	follows("kept_value", `and t.released_at is null and (t.field in @taken or t.field in @alike) and not exists (
		select from kept_value o where o.case_id = @kept and o.field = t.field and o.released_at is null)`),
	follows("action", ""),
	joinBlockers,
	// Two that are both before a board stay two: each is answered.
	follows("blocker", `and not exists (
		select from blocker o where o.forum_id = t.forum_id and o.case_id = @kept and o.kind = t.kind and o.state = 'open' and t.state = 'open')`),
	{
		table: "case_link",
		take: `with taken as (insert into case_link (case_id, person_id, kind) select @kept, l.person_id, l.kind from case_link l where l.case_id = @gone
				on conflict do nothing returning person_id, kind)
			insert into case_merge_thing (merge_id, thing, thing_id, was) select @merge, 'case_link', person_id, kind from taken`,
		back: `delete from case_link l using case_merge_thing g
			where g.merge_id = @merge and g.thing = 'case_link' and l.case_id = @kept and l.person_id = g.thing_id and l.kind = g.was`,
	},
	follows("case_views", ""),
	follows("case_capacity", ""),
	// Who told them goes with the item that moved, unless the case that stays has its own of that meeting.
	{
		table: "tabling",
		take: `with taken as (
				update tabling t set case_id = @kept where t.case_id = @gone
					and exists (select from agenda_item i where i.meeting_id = t.meeting_id and i.case_id = @kept)
					and not exists (select from agenda_item i where i.meeting_id = t.meeting_id and i.case_id = @gone and i.state = 'listed')
					and not exists (select from tabling o where o.meeting_id = t.meeting_id and o.case_id = @kept)
				returning t.meeting_id)
			insert into case_merge_thing (merge_id, thing, thing_id) select distinct cast(@merge as uuid), 'tabling', meeting_id from taken`,
		back: `update tabling t set case_id = @gone from case_merge_thing g
			where g.merge_id = @merge and g.thing = 'tabling' and t.meeting_id = g.thing_id and t.case_id = @kept`,
	},
	{
		table: "case_sibling",
		take: `with taken as (
				insert into case_sibling (one_id, other_id, linked_by, linked_at)
				select least(cast(@kept as uuid), s.sibling), greatest(cast(@kept as uuid), s.sibling), s.linked_by, s.linked_at
				from (select case when one_id = @gone then other_id else one_id end as sibling, linked_by, linked_at from case_sibling where @gone in (one_id, other_id)) s
				where s.sibling <> @kept
				on conflict do nothing returning one_id, other_id)
			insert into case_merge_thing (merge_id, thing, thing_id) select @merge, 'case_sibling', case when one_id = @kept then other_id else one_id end from taken`,
		back: `delete from case_sibling s using case_merge_thing g
			where g.merge_id = @merge and g.thing = 'case_sibling' and @kept in (s.one_id, s.other_id) and g.thing_id in (s.one_id, s.other_id)`,
	},
	// What was merged into the other before now leads here.
	{
		table: "cases",
		take: `with taken as (update cases t set merged_into = @kept where t.merged_into = @gone returning t.id)
			insert into case_merge_thing (merge_id, thing, thing_id) select @merge, 'cases', id from taken`,
		back: `update cases t set merged_into = @gone from case_merge_thing g
			where g.merge_id = @merge and g.thing = 'cases' and t.id = g.thing_id and t.merged_into = @kept`,
	},
}

func move(tx db.Tx, mergeID uuid.UUID, kept, gone *Case, values map[Field]any) error {
	taken, alike := []Field{""}, []Field{""} // a list in SQL is never empty
	for i := range fieldRules {
		rule := &fieldRules[i]
		if _, chosen := values[rule.field]; chosen {
			taken = append(taken, rule.field)
		} else if rule.same(kept, gone) {
			alike = append(alike, rule.field)
		}
	}
	for _, m := range movers {
		err := tx.Exec(m.take, map[string]any{
			"merge": mergeID, "kept": kept.ID, "gone": gone.ID, "now": tx.Now, "today": tx.Today(), "by": tx.Actor.PersonID, "taken": taken, "alike": alike}).Error
		if err != nil {
			return fmt.Errorf("tracker: merge: %s: %w", m.table, err)
		}
	}
	return nil
}

func moveBack(tx db.Tx, mergeID, kept, gone uuid.UUID) error {
	for _, m := range slices.Backward(movers) {
		values := map[string]any{"merge": mergeID, "kept": kept, "gone": gone, "now": tx.Now, "today": tx.Today(), "by": tx.Actor.PersonID}
		if err := tx.Exec(m.back, values).Error; err != nil {
			return fmt.Errorf("tracker: undo a merge: %s: %w", m.table, err)
		}
	}
	return nil
}
