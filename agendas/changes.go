package agendas

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"quorate/server/base/clock"
)

// Changes are what one published version of an agenda says that an earlier one did not.
type Changes struct {
	Meeting []string // what changed about the meeting itself, in sentences
	Items   []ItemChange
}

// None reports whether two versions say the same.
func (c Changes) None() bool { return len(c.Meeting)+len(c.Items) == 0 }

// Of is what changed about one item, nil when nothing did.
func (c Changes) Of(item uuid.UUID) *ItemChange {
	for i := range c.Items {
		if c.Items[i].ItemID == item {
			return &c.Items[i]
		}
	}
	return nil
}

// ChangeKind is what became of an item.
type ChangeKind string

// The kinds of change.
const (
	ItemAdded    ChangeKind = "added"
	ItemTakenOff ChangeKind = "taken_off"
	ItemPutBack  ChangeKind = "put_back"
	ItemAltered  ChangeKind = "altered"
)

// Words is the change in an adjective.
func (k ChangeKind) Words() string {
	return map[ChangeKind]string{ItemAdded: "Added", ItemTakenOff: "Taken off", ItemPutBack: "Put back", ItemAltered: "Changed"}[k]
}

// ItemChange is what changed about one item. It names a case by its number and nobody by name.
type ItemChange struct {
	ItemID  uuid.UUID
	Number  string
	Subject string // the case's number or the item's title; "" once it is taken off
	Kind    ChangeKind
	Words   []string // how, a sentence or two each
	telling []string // what of it is about telling the young person, for those who may see the case
}

// Compare says what changed from one snapshot to a later one, in the order of the later agenda. The days
// left of a reason are not compared: they follow from its date and the meeting's.
func Compare(before, after Snapshot) Changes {
	changes := Changes{Meeting: meetingChanges(before, after)}
	earlier := make(map[uuid.UUID]SnapshotItem, len(before.Items))
	for _, item := range before.Items {
		earlier[item.ID] = item
	}
	moved := movedItems(before.Items, after.Items)
	for i, item := range after.Items {
		was, there := earlier[item.ID]
		change := ItemChange{ItemID: item.ID, Number: item.Number, Subject: item.subject()}
		switch {
		case item.State == TakenOff && (!there || was.State == TakenOff):
			continue // it was never seen, or is off as before
		case item.State == TakenOff:
			change.Kind, change.Subject, change.Words = ItemTakenOff, "", sentences(item.RemovedReason)
		case !there:
			change.Kind, change.Words = ItemAdded, sentences(item.LateReason)
		case was.State == TakenOff:
			change.Kind = ItemPutBack
		default:
			change.Kind, change.Words, change.telling = ItemAltered, alterations(was, item), tellingChanges(was.Tabling, item.Tabling)
			if moved[item.ID] {
				change.Words = append(change.Words, place(after.Items[:i]))
			}
			if len(change.Words)+len(change.telling) == 0 {
				continue
			}
		}
		changes.Items = append(changes.Items, change)
	}
	return changes
}

func (i SnapshotItem) subject() string {
	if i.Kind == RatifyItem && i.Case != "" {
		return i.Title + ", " + i.Case
	}
	if i.Case != "" {
		return i.Case
	}
	return i.Title
}

func sentences(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func meetingChanges(before, after Snapshot) (words []string) {
	if !before.StartsAt.Equal(after.StartsAt) || !before.EndsAt.Equal(after.EndsAt) {
		words = append(words, fmt.Sprintf("The meeting is now on %s to %s. It was on %s to %s.",
			clock.Moment(after.StartsAt), clock.Time(after.EndsAt), clock.Moment(before.StartsAt), clock.Time(before.EndsAt)))
	}
	if before.Venue != after.Venue {
		where := "No place is given any more."
		if after.Venue != "" {
			where = "The place is now: " + after.Venue + "."
		}
		words = append(words, where)
	}
	return words
}

// alterations are what changed of an item that stands in both versions.
func alterations(was, is SnapshotItem) (words []string) {
	if was.Title != is.Title {
		words = append(words, "It was called: "+was.Title+".")
	}
	if was.Minutes != is.Minutes {
		words = append(words, fmt.Sprintf("%d minutes. It was %d.", is.Minutes, was.Minutes))
	}
	for _, reason := range is.Reasons {
		if !slices.ContainsFunc(was.Reasons, reason.saysTheSame) {
			words = append(words, "Now: "+reason.Text+".")
		}
	}
	for _, reason := range was.Reasons {
		if !slices.ContainsFunc(is.Reasons, reason.saysTheSame) {
			words = append(words, "No longer: "+reason.Text+".")
		}
	}
	if !equalID(was.PresenterID, is.PresenterID) {
		words = append(words, "Somebody else presents it.")
	}
	if was.ViewsOn != is.ViewsOn && !is.ViewsOn.IsZero() {
		words = append(words, "Own views recorded on "+is.ViewsOn.Long()+".")
	}
	return words
}

func (r Reason) saysTheSame(other Reason) bool {
	return r.Rule == other.Rule && r.Text == other.Text && r.On == other.On && r.Law == other.Law
}

// place says where an item stands by the listed one above it.
func place(above []SnapshotItem) string {
	for _, item := range slices.Backward(above) {
		if item.State == Listed {
			return "Moved: it now follows item " + item.Number + "."
		}
	}
	return "Moved: it now comes first."
}

// movedItems are the fewest items whose moving explains the new order: all that stand in both versions
// but the longest run of them that keeps its order.
func movedItems(before, after []SnapshotItem) map[uuid.UUID]bool {
	placeBefore := make(map[uuid.UUID]int, len(before))
	for i, item := range before {
		placeBefore[item.ID] = i
	}
	var common []SnapshotItem
	for _, item := range after {
		if _, there := placeBefore[item.ID]; there {
			common = append(common, item)
		}
	}
	length := make([]int, len(common)) // of the longest run ending there
	from := make([]int, len(common))
	last := -1
	for i, item := range common {
		length[i], from[i] = 1, -1
		for j := range i {
			if placeBefore[common[j].ID] < placeBefore[item.ID] && length[j]+1 > length[i] {
				length[i], from[i] = length[j]+1, j
			}
		}
		if last < 0 || length[i] > length[last] {
			last = i
		}
	}
	moved := make(map[uuid.UUID]bool, len(common))
	for _, item := range common {
		moved[item.ID] = true
	}
	for i := last; i >= 0; i = from[i] {
		delete(moved, common[i].ID)
	}
	return moved
}

// readableBy is what of the changes a reader may be told: nothing of an item that is kept from them or is
// not theirs to see, of one that has been taken off only that, and of telling the young person nothing
// where the case itself is not theirs to see.
func (c Changes) readableBy(lines []Line) Changes {
	shown := make(map[uuid.UUID]Line, len(lines))
	for _, line := range lines {
		shown[line.ID] = line
	}
	readable := Changes{Meeting: c.Meeting}
	for _, change := range c.Items {
		line, visible := shown[change.ItemID]
		closed := line.State == TakenOff && change.Kind != ItemTakenOff
		if !visible || line.Withheld != "" || closed {
			continue
		}
		if line.Case != nil && !line.Case.NoAccess {
			change.Words = append(slices.Clip(change.Words), change.telling...)
		}
		change.telling = nil
		if change.Kind != ItemAltered || len(change.Words) > 0 {
			readable.Items = append(readable.Items, change)
		}
	}
	return readable
}
