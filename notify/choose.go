package notify

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Doors are the doors there are, in the order in which they are offered.
var Doors = []Door{Now, InDigest, InProductOnly}

// Words is the door as people choose it.
func (d Door) Words() string {
	switch d {
	case InDigest:
		return "Daily digest"
	case InProductOnly:
		return "In Quorate only"
	default:
		return "Email at once"
	}
}

// door is how a kind reaches somebody who chose so; chosen is "" where they did not. Everybody begins
// with email at once: nobody misses what they never chose to miss.
func (n Nature) door(chosen Door) Door {
	if n.Fixed != "" || chosen == "" {
		return Now
	}
	return chosen
}

// Choice is a kind with how it reaches somebody.
type Choice struct {
	KnownKind
	Door Door
}

// Choices are the kinds there are and how each reaches the actor, in the order of their page.
func (s *Store) Choices(tx db.Tx) ([]Choice, error) {
	chosen, err := choicesOf(tx, tx.Actor.PersonID)
	var list []Choice
	for _, kind := range s.Kinds() {
		list = append(list, Choice{kind, kind.door(chosen[kind.Kind])})
	}
	return list, err
}

func choicesOf(tx db.Tx, person uuid.UUID) (map[Kind]Door, error) {
	var rows []struct {
		Kind Kind
		Door Door
	}
	err := tx.Raw(`select kind, door from notice_choice where person_id = ?`, person).Scan(&rows).Error
	chosen := make(map[Kind]Door, len(rows))
	for _, row := range rows {
		chosen[row.Kind] = row.Door
	}
	return chosen, err
}

// Choose sets how kinds reach the actor from now on; kinds that are not named stay as they are. What
// waits for a digest comes in it all the same, unless its kind is now read in the product alone.
func (s *Store) Choose(ctx context.Context, actor access.Actor, wanted map[Kind]Door) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if !actor.IsPerson() {
			return fault.New(fault.SignedOut, "Sign in to continue.")
		}
		return s.choose(tx, actor.PersonID, wanted)
	})
}

// ChooseForAll sets one way for every kind that the actor may choose about; with Now it is as it was to
// begin with.
func (s *Store) ChooseForAll(ctx context.Context, actor access.Actor, door Door) error {
	if !slices.Contains(Doors, door) {
		var form fault.Form
		form.Add("all", "Choose how you want to be told")
		return form.Err()
	}
	wanted := map[Kind]Door{}
	for kind, known := range s.kinds {
		if known.nature.Fixed == "" {
			wanted[kind] = door
		}
	}
	return s.Choose(ctx, actor, wanted)
}

// choose keeps what differs from before, with its audit row. A kind that comes by mail again ends the
// links that would have stopped it.
func (s *Store) choose(tx db.Tx, person uuid.UUID, wanted map[Kind]Door) error {
	// Two pages saved at once must leave what the later one shows.
	if err := tx.Exec(`select pg_advisory_xact_lock(hashtextextended('notice choice ' || ?::text, 0))`, person).Error; err != nil {
		return err
	}
	chosen, err := choicesOf(tx, person)
	if err != nil {
		return err
	}
	var form fault.Form
	before, after := map[Kind]Door{}, map[Kind]Door{}
	for kind, door := range wanted {
		known, there := s.kinds[kind]
		switch {
		case !there || !slices.Contains(Doors, door):
			form.Add(string(kind), "Choose how you want to be told")
		case known.nature.Fixed != "" && door != Now:
			form.Add(string(kind), "“%s” always comes by email. %s", known.nature.Words, known.nature.Fixed)
		}
		if was := known.nature.door(chosen[kind]); was != door {
			before[kind], after[kind] = was, door
		}
	}
	if err := form.Err(); err != nil {
		return err
	}
	if len(after) == 0 {
		return nil
	}
	list, err := json.Marshal(after)
	if err != nil {
		return err
	}
	err = tx.Exec(`
		insert into notice_choice (person_id, kind, door, chosen_at) select ?, key, value, ? from jsonb_each_text(cast(? as jsonb))
		on conflict (person_id, kind) do update set door = excluded.door, chosen_at = excluded.chosen_at`, person, tx.Now, string(list)).Error
	if err != nil {
		return err
	}
	err = tx.Exec(`
		update unsubscribe_link l set ended_at = @now
		where l.person_id = @person and l.ended_at is null and exists (
			select from jsonb_each_text(cast(@list as jsonb)) c
			where c.value <> @product and c.key = l.kind or c.value = @digest and l.kind = @daily)`,
		map[string]any{"now": tx.Now, "person": person, "list": string(list), "product": InProductOnly, "digest": InDigest, "daily": dailyDigest}).Error
	if err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Action: "notice_choice.changed", ObjectKind: "person", ObjectID: person.String(), Before: before, After: after})
}
