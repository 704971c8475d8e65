package room

import (
	"context"
	"crypto/rand"
	"errors"
	"math/big"
	"net/netip"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/token"
)

// ScreenCode lets a computer that nobody signs in on show one meeting's big screen on the meeting's day. Each
// meeting has one at a time.
type ScreenCode struct {
	ID        uuid.UUID
	MeetingID uuid.UUID
	Digest    []byte
	WorksOn   clock.Date
	MadeBy    uuid.UUID
	MadeAt    time.Time
	EndedAt   *time.Time
	EndedBy   *uuid.UUID

	By string `gorm:"->;-:migration"` // the maker's name
}

// TableName is screen_code.
func (ScreenCode) TableName() string { return "screen_code" }

const (
	codeLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ" // none that is read as another
	codeLength  = 8

	guessWindow       = 15 * time.Minute
	guessesPerAddress = 10
	guessesInAll      = 300 // from however many addresses
)

// newCode is a code nobody can guess while guesses are counted: one of 850 thousand million.
func newCode() string {
	var code strings.Builder
	for range codeLength {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(codeLetters))))
		if err != nil {
			panic("room: the system gives no random numbers: " + err.Error())
		}
		code.WriteByte(codeLetters[n.Int64()])
	}
	return code.String()
}

// readCode is a code as it was typed, without what people put between its letters.
func readCode(typed string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(strings.TrimSpace(typed)))
}

// screenMeeting is a meeting whose big screen the actor may put up.
func screenMeeting(tx db.Tx, id uuid.UUID, read func(db.Tx, uuid.UUID) (panels.Meeting, error)) (panels.Meeting, error) {
	meeting, err := read(tx, id)
	if err != nil {
		return meeting, err
	}
	if !tx.Actor.May(access.ReadMeeting, meeting.ForumID) || meeting.Between() {
		return meeting, fault.New(fault.NotFound, "There is no such meeting.")
	}
	return meeting, tx.Actor.Check(access.ShowScreen, meeting.ForumID)
}

// ShowScreenCode is the code that works for a meeting, without its letters; nil where there is none.
func ShowScreenCode(tx db.Tx, meetingID uuid.UUID) (meeting panels.Meeting, standing *ScreenCode, err error) {
	if meeting, err = screenMeeting(tx, meetingID, panels.MeetingByID); err != nil {
		return meeting, nil, err
	}
	var codes []ScreenCode
	err = tx.Raw(`select c.*, p.name as by from screen_code c join person p on p.id = c.made_by
		where c.meeting_id = ? and c.ended_at is null and c.works_on = ?`, meeting.ID, meeting.On()).Scan(&codes).Error
	if err != nil || len(codes) == 0 {
		return meeting, nil, err
	}
	return meeting, &codes[0], nil
}

// MakeScreenCode makes a code for a meeting's big screen and ends the one before. It is told once. Clerk or chair.
func (s *Store) MakeScreenCode(ctx context.Context, actor access.Actor, meetingID uuid.UUID) (code string, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		meeting, err := screenMeeting(tx, meetingID, panels.LockMeeting)
		if err != nil {
			return err
		}
		if meeting.On().Before(tx.Today()) || meeting.Status == panels.Closed || meeting.Status == panels.Cancelled {
			return fault.New(fault.Conflict, "This meeting is over, so nothing of it is shown on a big screen any more.")
		}
		if err := endCode(tx, meeting); err != nil {
			return err
		}
		code = newCode()
		made := ScreenCode{ID: newID(), MeetingID: meeting.ID, Digest: token.Digest(code), WorksOn: meeting.On(), MadeBy: actor.PersonID, MadeAt: tx.Now}
		if err := tx.Omit("By").Create(&made).Error; err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "screen_code.made", ObjectKind: "screen_code", ObjectID: made.ID.String(), ForumID: meeting.ForumID, After: map[string]any{"meeting": meeting.ID, "works_on": made.WorksOn}})
	})
	return code, err
}

// EndScreenCode ends the code of a meeting's big screen: what shows it stops within seconds. Clerk or chair.
func (s *Store) EndScreenCode(ctx context.Context, actor access.Actor, meetingID uuid.UUID) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		meeting, err := screenMeeting(tx, meetingID, panels.LockMeeting)
		if err != nil {
			return err
		}
		return endCode(tx, meeting)
	})
}

func endCode(tx db.Tx, meeting panels.Meeting) error {
	var ended []uuid.UUID
	err := tx.Raw(`update screen_code set ended_at = ?, ended_by = ? where meeting_id = ? and ended_at is null returning id`, tx.Now, tx.Actor.PersonID, meeting.ID).Scan(&ended).Error
	if err != nil || len(ended) == 0 {
		return err
	}
	return audit.Record(tx, audit.Entry{Action: "screen_code.ended", ObjectKind: "screen_code", ObjectID: ended[0].String(), ForumID: meeting.ForumID})
}

var screenActor = access.System("screen")

// OpenScreen checks a code that somebody typed on a computer in the room, says so on the trail, and gives what
// that computer shows the screen by from then on: with the code's own id, too long to guess, so that wrong
// codes typed anywhere take no screen away.
func (s *Store) OpenScreen(ctx context.Context, typed, address string) (secret string, err error) {
	code, err := s.findCode(ctx, typed, address)
	if err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, screenActor, func(tx db.Tx) error {
		meeting, err := panels.MeetingByID(tx, code.MeetingID)
		if err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "screen_code.opened", ObjectKind: "screen_code", ObjectID: code.ID.String(), ForumID: meeting.ForumID, After: map[string]any{"meeting": meeting.ID, "address": address}})
	})
	return code.ID.String() + "." + readCode(typed), err
}

// ScreenByCode is the big screen of the meeting a code is for, as whoever made the code may put it up now.
func (s *Store) ScreenByCode(ctx context.Context, secret string) (view View, err error) {
	text, code, _ := strings.Cut(secret, ".")
	id, err := uuid.Parse(text)
	if err != nil {
		return view, noSuchCode()
	}
	var codes []ScreenCode
	var maker access.Actor
	err = s.DB.Read(ctx, screenActor, func(tx db.Tx) error {
		err := tx.Raw(standingCode+` and c.id = ?`, tx.Today(), token.Digest(code), id).Scan(&codes).Error
		if err != nil || len(codes) == 0 {
			return err
		}
		actors, err := panels.ActorsFor(tx, []uuid.UUID{codes[0].MadeBy}, tx.Today())
		maker = actors[codes[0].MadeBy]
		return err
	})
	if err != nil {
		return view, err
	}
	if len(codes) == 0 {
		return view, noSuchCode()
	}
	view, err = s.Screen(ctx, maker, codes[0].MeetingID)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Denied) || fault.Is(err, fault.SignedOut) {
		err = noSuchCode() // they no longer may
	}
	return view, err
}

// standingCode finds a code by its day and digest.
const standingCode = `
	select c.* from screen_code c join meeting m on m.id = c.meeting_id
	where c.works_on = ? and c.digest = ? and c.ended_at is null and m.status <> 'cancelled' and (m.starts_at at time zone 'Europe/London')::date = c.works_on`

func noSuchCode() error {
	const sentence = "No meeting is shown with this code today. Check it with the clerk"
	return &fault.Fault{Kind: fault.Invalid, Sentence: sentence, Fields: []fault.Field{{Name: "code", Sentence: sentence}}}
}

// network is what guesses are counted by: an IPv4 address, or the half of an IPv6 address that one customer
// has all of.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || !ip.Is6() || ip.Is4In6() {
		return address
	}
	half, _ := ip.WithZone("").Prefix(64)
	return half.String()
}

// findCode is the code as it stands, on its meeting's day. A wrong one is counted, and from where too many came
// none is looked at any more.
func (s *Store) findCode(ctx context.Context, typed, address string) (found ScreenCode, err error) {
	code := readCode(typed)
	if code == "" {
		return found, &fault.Fault{Kind: fault.Invalid, Sentence: "Enter the code", Fields: []fault.Field{{Name: "code", Sentence: "Enter the code"}}}
	}
	var codes []ScreenCode
	err = s.DB.Write(ctx, screenActor, func(tx db.Tx) error {
		from := network(address)
		var guesses struct{ FromHere, InAll int }
		err := errors.Join( // one after the other, or many at once would each be among the first
			tx.Exec(`select pg_advisory_xact_lock(hashtext('screen codes'))`).Error,
			tx.Exec(`delete from screen_guess where at <= ?`, tx.Now.Add(-guessWindow)).Error,
			tx.Raw(`select count(*) filter (where address = ?) as from_here, count(*) as in_all from screen_guess`, from).Scan(&guesses).Error)
		if err != nil {
			return err
		}
		if guesses.FromHere >= guessesPerAddress || guesses.InAll >= guessesInAll {
			return fault.New(fault.TooMany, "Too many wrong codes. Wait 15 minutes, then try again.")
		}
		if err := tx.Raw(standingCode, tx.Today(), token.Digest(code)).Scan(&codes).Error; err != nil || len(codes) == 1 {
			return err
		}
		return tx.Exec(`insert into screen_guess (address, at) values (?, ?)`, from, tx.Now).Error
	})
	if err != nil {
		return found, err
	}
	if len(codes) != 1 {
		return found, noSuchCode()
	}
	return codes[0], nil
}
