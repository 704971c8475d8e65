package panels

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Handing says who takes over what somebody owns.
type Handing struct {
	To     uuid.UUID            // takes everything not named in Each; uuid.Nil: nobody
	Each   map[string]HandingTo // by Owned.Key
	Reason string               // why they keep what they keep
}

// HandingTo is who takes over one thing.
type HandingTo struct {
	Keep bool // it stays with its owner
	To   uuid.UUID
}

func (h Handing) of(thing Owned) HandingTo {
	if each, named := h.Each[thing.Key()]; named {
		return each
	}
	return HandingTo{To: h.To}
}

// Handover is the record of things that passed on.
type Handover struct {
	ID      uuid.UUID
	FromID  uuid.UUID
	ForumID *uuid.UUID // nil: on every forum
	At      time.Time
	ByID    *uuid.UUID
}

// TableName is handover.
func (Handover) TableName() string { return "handover" }

// HandedOver is one thing of a handover.
type HandedOver struct {
	HandoverID uuid.UUID
	Kind       OwnedKind
	ThingID    uuid.UUID
	ForumID    uuid.UUID
	ToID       *uuid.UUID // nil: they keep it
	Reason     string
}

// TableName is handover_thing.
func (HandedOver) TableName() string { return "handover_thing" }

// NobodyChosen is the field of a form that asks who takes everything over.
const NobodyChosen = "hand_to"

// handOver passes on what somebody owns, on one forum or with uuid.Nil on every one, in the
// transaction that ends their place: nothing is left without somebody to see to it. What they keep
// needs a reason, and is only for those who stay.
func (s Store) handOver(tx db.Tx, from Person, forum uuid.UUID, leaves bool, handing Handing) error {
	things, err := s.owned(tx, from.ID, forum)
	if err != nil || len(things) == 0 {
		return err
	}
	takers, err := checkHanding(tx, things, from, leaves, handing)
	if err != nil {
		return err
	}
	handover := Handover{ID: newID(), FromID: from.ID, At: tx.Now}
	if forum != uuid.Nil {
		handover.ForumID = &forum
	}
	if tx.Actor.IsPerson() {
		handover.ByID = &tx.Actor.PersonID
	}
	if err := tx.Create(&handover).Error; err != nil {
		return err
	}
	told := map[uuid.UUID]bool{}
	for _, thing := range things {
		row := HandedOver{HandoverID: handover.ID, Kind: thing.Kind, ThingID: thing.ID, ForumID: thing.ForumID}
		action := string(thing.Kind) + ".kept"
		if to := handing.of(thing); to.Keep {
			row.Reason = strings.TrimSpace(handing.Reason)
		} else {
			if err := thing.keeper.PassOn(tx, thing, from, takers[to.To]); err != nil {
				return againstField(err, thing.Key())
			}
			row.ToID, action = &to.To, string(thing.Kind)+".passed_on"
			told[to.To] = true
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		if err := record(tx, action, thing.ID, thing.ForumID, map[string]any{"owner": from.ID}, row); err != nil {
			return err
		}
	}
	for taker := range told {
		if err := notify.Send(tx, notify.Notice{Kind: NoticePassedOn, IDs: notify.IDs{"handover": handover.ID}, To: taker}); err != nil {
			return err
		}
	}
	return nil
}

// checkHanding finds those who take over, or says of each thing why its new owner will not do.
func checkHanding(tx db.Tx, things []Owned, from Person, leaves bool, handing Handing) (map[uuid.UUID]Person, error) {
	ids := []uuid.UUID{handing.To}
	for _, each := range handing.Each {
		ids = append(ids, each.To)
	}
	var people []Person
	// Shared locks: a taker who leaves at this moment passes on these things too, or is refused here.
	if err := tx.Raw(`select * from person where id in ? order by id for share`, ids).Scan(&people).Error; err != nil {
		return nil, err
	}
	takers := make(map[uuid.UUID]Person, len(people))
	for _, person := range people {
		takers[person.ID] = person
	}
	var form fault.Form
	kept, unnamed := false, false
	for _, thing := range things {
		to := handing.of(thing)
		taker, known := takers[to.To]
		switch {
		case to.Keep && leaves:
			form.Add(thing.Key(), "%s is leaving, so somebody else must take this over", from.Name)
		case to.Keep:
			kept = true
		case !known:
			if _, named := handing.Each[thing.Key()]; named {
				form.Add(thing.Key(), "Choose who takes this over")
			}
			unnamed = true
		case taker.ID == from.ID:
			form.Add(thing.Key(), "Choose somebody other than %s, or leave it with them and say why", from.Name)
		case !taker.EndedOn.IsZero():
			form.Add(thing.Key(), "%s has left. Choose somebody else", taker.Name)
		case thing.ForPresenters && !taker.Presenter:
			form.Add(thing.Key(), "%s does not bring cases to meetings. Choose a presenter", taker.Name)
		}
	}
	if unnamed && form.Err() == nil {
		form.Add(NobodyChosen, "Choose who takes over what %s owns", from.Name)
	}
	reason := strings.TrimSpace(handing.Reason)
	form.Require(!kept || reason != "", "hand_reason", "Say why "+from.Name+" keeps what stays with them")
	form.Require(len(reason) <= 500, "hand_reason", "Shorten the reason to 500 characters or fewer")
	return takers, form.Err()
}

// againstField puts a keeper's refusal beside the thing it is about.
func againstField(err error, field string) error {
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		return formError(field, f.Sentence)
	}
	return err
}
