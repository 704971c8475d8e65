package history

import (
	"strings"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// record writes the audit row of one thing that was brought.
func record(tx db.Tx, action string, id, forumID uuid.UUID, before, after any) error {
	kind, _, _ := strings.Cut(action, ".")
	return audit.Record(tx, audit.Entry{Action: action, ObjectKind: kind, ObjectID: id.String(), ForumID: forumID, Before: before, After: after})
}

// comparePerson: somebody is told by their email address. What a row leaves empty stays as it is.
func (r *rowCheck) comparePerson(said personRow) (compared, string) {
	out := compared{words: said.Name + ", " + said.Email}
	agency := r.agency(said.Agency)
	known, held := r.people[said.Email]
	if !held {
		person := panels.Person{
			ID: newID(), Name: said.Name, Email: said.Email, JobTitle: said.JobTitle, AgencyID: agency,
			Presenter: said.Presenter != nil && *said.Presenter, Version: 1,
		}
		if !said.LastDay.IsZero() {
			person.EndedOn = said.LastDay.AddDays(1)
			if said.LastDay.After(r.today) {
				r.wrong("left", "The last day is still to come. Leave it empty until they have left.")
			}
		}
		out.kind = New
		r.people[said.Email] = person
		out.apply = func(tx db.Tx, _ *bringing) error {
			person.CreatedAt = tx.Now
			if err := tx.Create(&person).Error; err != nil {
				return err
			}
			return record(tx, "person.brought", person.ID, uuid.Nil, nil, map[string]any{"name": person.Name, "email": person.Email, "presenter": person.Presenter})
		}
		return out, "person " + said.Email
	}
	if !said.LastDay.IsZero() && known.EndedOn.IsZero() {
		r.wrong("left", "%s has an account here. Say that they have left on their page under People, where what they own passes on.", known.Name)
	}
	set := map[string]any{}
	change := func(label, column, before, after string, value any) {
		if after != "" && after != before {
			out.changes = append(out.changes, Change{label, before, after})
			set[column] = value
		}
	}
	change("Name", "name", known.Name, said.Name, said.Name)
	change("Job title", "job_title", known.JobTitle, said.JobTitle, said.JobTitle)
	change("Agency", "agency_id", r.agencyName(known.AgencyID), r.agencyName(agency), agency)
	if said.Presenter != nil {
		change("Presenter", "presenter", yesNo(known.Presenter), yesNo(*said.Presenter), *said.Presenter)
	}
	out.kind = Unchanged
	if len(set) > 0 {
		out.kind = Changed
		out.apply = func(tx db.Tx, _ *bringing) error {
			set["version"] = known.Version + 1
			if err := db.RequireOne(tx.Model(&panels.Person{}).Where("id = ? and version = ?", known.ID, known.Version).Updates(set)); err != nil {
				return err
			}
			return record(tx, "person.changed", known.ID, uuid.Nil, map[string]any{"name": known.Name, "job_title": known.JobTitle, "agency": known.AgencyID, "presenter": known.Presenter}, out.changes)
		}
	}
	return out, "person " + said.Email
}

func yesNo(yes bool) string {
	if yes {
		return "Yes"
	}
	return "No"
}

func (h *held) agencyName(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	for _, agency := range h.agencies {
		if agency.ID == *id {
			return agency.Name
		}
	}
	return ""
}

var offices = map[string]access.Office{
	"": access.Member, "member": access.Member, "chair": access.Chair, "deputy chair": access.DeputyChair, "vice chair": access.DeputyChair, "clerk": access.Clerk, "business support": access.Clerk,
}

var standings = map[string]access.Standing{
	"deciding": access.Deciding, "voting": access.Deciding, "advisory": access.Advisory, "adviser": access.Advisory, "advisor": access.Advisory, "in attendance": access.InAttendance,
}

// compareSeat: a seat is told by its forum and name, a place in it by who, in which order and from when.
// A seat's past may be filled in, but never under a meeting that was held in Quorate.
func (r *rowCheck) compareSeat(said seatRow) (compared, string) {
	out := compared{kind: Unchanged}
	forum := r.forum(said.Forum)
	agency := r.agency(said.Agency)
	office, known := offices[plain(said.Office)]
	if !known {
		r.wrong("office", "Enter Chair, Deputy chair, Clerk or Member.")
	}
	standing, known := standings[plain(said.Standing)]
	if !known && said.Standing != "" {
		r.wrong("standing", "Enter Deciding, Advisory or In attendance.")
	}
	seat := r.seats[seatKey(forum.ID, said.Seat)]
	if seat == nil {
		switch {
		case office == access.Clerk:
			standing = access.InAttendance
		case standing == "":
			r.wrong("standing", "%s has no seat of this name, so it would be added. Enter Deciding, Advisory or In attendance, or correct the seat’s name.", said.Forum)
		}
	} else {
		r.sameSeat(seat, said, agency, office, standing)
	}
	words := said.Forum + ", " + said.Seat
	var person panels.Person
	if said.Email != "" {
		person, _ = r.somebody(said.Email)
		words += ": " + person.Name + ", " + placeWords(said.Order) + " from " + said.From.Long()
		if !said.To.IsZero() {
			words += " to " + said.To.Long()
		}
	}
	out.words = words
	key := strings.Join([]string{"seat", forum.ID.String(), plain(said.Seat), said.Email, placeWords(said.Order), said.From.String()}, " ")
	if len(r.errors) > 0 {
		return out, key
	}
	if seat == nil {
		seat = &seatHeld{Seat: panels.Seat{ID: newID(), ForumID: forum.ID, AgencyID: agency, Name: said.Seat, Office: office, Standing: standing, Version: 1}, new: true}
		r.seats[seatKey(forum.ID, said.Seat)] = seat
		out.kind = New
		out.changes = append(out.changes, Change{Label: "Seat", After: "Added to " + forum.Name})
	}
	addSeat := out.kind == New
	fill := said.Email != "" && r.fills(seat, forum, person, said)
	if len(r.errors) > 0 {
		if addSeat {
			delete(r.seats, seatKey(forum.ID, said.Seat))
		}
		return out, key
	}
	holding := panels.SeatHolding{ID: newID(), SeatID: seat.ID, PersonID: person.ID, DeputyOrder: said.Order, FromDate: said.From, ToDate: said.To, Version: 1}
	if fill {
		out.kind = New
		seat.holdings = append(seat.holdings, panels.Holder{SeatID: seat.ID, PersonID: person.ID, Name: person.Name, DeputyOrder: said.Order, FromDate: said.From, ToDate: said.To})
	}
	if addSeat || fill {
		made := seat.Seat
		out.apply = func(tx db.Tx, b *bringing) error {
			b.reseated[forum.ID] = true
			if addSeat {
				if err := addSeatTo(tx, made); err != nil {
					return err
				}
			}
			if !fill {
				return nil
			}
			if err := tx.Create(&holding).Error; err != nil {
				return err
			}
			return record(tx, "seat.holding_brought", made.ID, forum.ID, nil, holding)
		}
	}
	return out, key
}

func addSeatTo(tx db.Tx, seat panels.Seat) error {
	if err := tx.Raw(`select coalesce(max(position), 0) + 1 from seat where forum_id = ?`, seat.ForumID).Scan(&seat.Position).Error; err != nil {
		return err
	}
	if err := tx.Create(&seat).Error; err != nil {
		return err
	}
	return record(tx, "seat.brought", seat.ID, seat.ForumID, nil, seat)
}

// sameSeat warns where the file describes a seat the forum has in another way: it stays as it is.
func (r *rowCheck) sameSeat(seat *seatHeld, said seatRow, agency *uuid.UUID, office access.Office, standing access.Standing) {
	const stays = "The seat is held as %s here and stays so. Change it on the forum’s page if the file is right."
	if said.Agency != "" && agency != nil && (seat.AgencyID == nil || *seat.AgencyID != *agency) {
		name := r.agencyName(seat.AgencyID)
		if name == "" {
			name = "belonging to no agency"
		}
		r.warn("agency", stays, name)
	}
	if said.Office != "" && office != seat.Office {
		r.warn("office", stays, seat.Office.Words())
	}
	if said.Standing != "" && standing != seat.Standing {
		r.warn("standing", stays, seat.Standing.Words())
	}
}

// fills reports whether the place is new to the seat, and notes what stands against it.
func (r *rowCheck) fills(seat *seatHeld, forum panels.Forum, person panels.Person, said seatRow) bool {
	for _, other := range seat.holdings {
		samePlace := other.DeputyOrder == said.Order
		if other.PersonID == person.ID && samePlace && other.FromDate == said.From {
			switch {
			case other.ToDate == said.To:
			case other.ToDate.IsZero():
				r.wrong("to", "%s still has this place. End it on the seat’s page, where what they own passes on.", person.Name)
			default:
				r.warn("to", "%s has this place to %s here, and that stays.", person.Name, other.ToDate.Long())
			}
			return false
		}
		overlaps := (other.ToDate.IsZero() || !other.ToDate.Before(said.From)) && (said.To.IsZero() || !other.FromDate.After(said.To))
		if overlaps && (samePlace || other.PersonID == person.ID) {
			r.wrong("from", "%s has %s from %s%s, which overlaps. Correct the days, or end that place first.", other.Name, placeWords(other.DeputyOrder), other.FromDate.Long(), untilWords(other.ToDate))
			return false
		}
	}
	if !person.EndedOn.IsZero() && (said.To.IsZero() || !said.To.Before(person.EndedOn)) {
		r.wrong("to", "%s left on %s. Enter a last day on or before it.", person.Name, person.EndedOn.AddDays(-1).Long())
	}
	for _, day := range r.heldDays[forum.ID] {
		if !day.Before(said.From) && (said.To.IsZero() || !day.After(said.To)) {
			r.wrong("from", "%s met in Quorate on %s, and that meeting keeps who sat where. Bring a place that ended before it, or begins after it.", forum.Name, day.Long())
			break
		}
	}
	return true
}

func placeWords(order int) string {
	if order == 0 {
		return "holder"
	}
	return "deputy " + string(rune('0'+order))
}

func untilWords(to clock.Date) string {
	if to.IsZero() {
		return ""
	}
	return " to " + to.Long()
}
