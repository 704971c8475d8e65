// Package auth knows who is signed in: passwords, sessions and the throttle on guessing.
package auth

import (
	"context"
	"log/slog"
	"time"

	"github.com/alexedwards/scs/pgxstore"
	"github.com/alexedwards/scs/v2"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// SessionLength is how long a sign-in lasts before it must be made again, whatever its person does.
const SessionLength = 12 * time.Hour

// RememberedFor is how long the browser and the server still know whose a sign-in was. What somebody typed
// into a page whose sign-in has ended is handed back to them, and to nobody else.
const RememberedFor = SessionLength + 24*time.Hour

// IdleLimit is how long a sign-in lasts without a sign of its person, unless a Store says otherwise.
const IdleLimit = time.Hour

// system is the actor for reading who somebody is before they are anybody.
var system = access.System("sign-in")

// signInKey is the one value a session holds.
const signInKey = "sign_in"

// Store signs people in and out.
type Store struct {
	DB       *db.DB
	Idle     time.Duration // how long a sign-in lasts without a sign of its person
	sessions *scs.SessionManager
	checking chan struct{} // a place for each password checked at the same time
}

// checkedAtOnce bounds the passwords checked at the same time: each takes 64 MB, and whoever asks is
// nobody yet.
const checkedAtOnce = 4

// New returns a Store whose sessions live in Postgres, their tokens hashed.
func New(database *db.DB) *Store {
	sessions := scs.New()
	sessions.Lifetime = RememberedFor // the row of sign_in says when it ends
	sessions.HashTokenInStore = true
	sessions.Store = pgxstore.NewWithCleanupInterval(database.Pool(), 0) // the daily job deletes what has expired
	return &Store{DB: database, Idle: IdleLimit, sessions: sessions, checking: make(chan struct{}, checkedAtOnce)}
}

// SignIn is one person signed in on one device.
type SignIn struct {
	ID        uuid.UUID
	PersonID  uuid.UUID
	Device    string
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
	RevokedAt *time.Time
}

// Session is a sign-in as a request carries it.
type Session struct {
	Token  string // the cookie's value
	SignIn uuid.UUID
	SeenAt time.Time // the last sign of its person that was noted
	Actor  access.Actor
	Was    uuid.UUID // whose it was, where it has ended
	Unread int       // notices they have not read, a hundred at most
}

// Who reads whose session a cookie's token is. A token that is unknown, expired or revoked, or whose
// person has left, is access.SignedOut and no error.
func (s *Store) Who(ctx context.Context, token string) (Session, error) {
	nobody := Session{Actor: access.SignedOut}
	if token == "" {
		return nobody, nil
	}
	held, err := s.sessions.Load(ctx, token)
	if err != nil {
		return nobody, fault.New(fault.Unavailable, "We cannot check who is signed in just now. Try again in a minute.").Because(err)
	}
	id, err := uuid.Parse(s.sessions.GetString(held, signInKey))
	if err != nil {
		return nobody, nil
	}
	session := nobody
	err = s.DB.Read(ctx, system, func(tx db.Tx) error {
		var held []struct {
			panels.Person
			SeenAt time.Time
			Live   bool
			Unread int
		}
		err := tx.Raw(`
			select p.*, s.seen_at, s.revoked_at is null and s.expires_at > ? and s.seen_at > ? as live, `+notify.UnreadSQL+` as unread
			from sign_in s join person p on p.id = s.person_id
			where s.id = ? and (p.ended_on is null or p.ended_on > ?)`,
			tx.Now, tx.Now.Add(-s.Idle), id, tx.Today()).Scan(&held).Error
		if err != nil || len(held) == 0 {
			return err
		}
		if !held[0].Live {
			session.Was = held[0].ID
			return nil
		}
		actor, err := panels.ActorFor(tx, held[0].Person, tx.Today())
		if err == nil {
			session = Session{Token: token, SignIn: id, SeenAt: held[0].SeenAt, Actor: actor, Unread: held[0].Unread}
		}
		return err
	})
	return session, err
}

// noteAfter is how old the last sign of somebody may be before a new one is written down.
const noteAfter = time.Minute

// Active notes that the person of a session is doing something: at most one write a minute.
func (s *Store) Active(ctx context.Context, session Session) error {
	if !session.Actor.IsPerson() || s.DB.Now().Sub(session.SeenAt) < noteAfter {
		return nil
	}
	return s.Seen(ctx, []uuid.UUID{session.SignIn})
}

// Seen notes a sign of the people of these sign-ins. One that has ended stays ended.
func (s *Store) Seen(ctx context.Context, signIns []uuid.UUID) error {
	return s.DB.Write(ctx, system, func(tx db.Tx) error {
		return tx.Exec(`update sign_in set seen_at = ? where id in ? and seen_at < ? and seen_at > ? and revoked_at is null`,
			tx.Now, signIns, tx.Now, tx.Now.Add(-s.Idle)).Error
	})
}

// Still reads again who stands behind each sign-in, with the seats they hold now. One that has ended,
// or was revoked, is not in the answer. Open sockets ask each second.
func (s *Store) Still(ctx context.Context, signIns []uuid.UUID) (map[uuid.UUID]access.Actor, error) {
	live := make(map[uuid.UUID]access.Actor, len(signIns))
	if len(signIns) == 0 {
		return live, nil
	}
	err := s.DB.Read(ctx, system, func(tx db.Tx) error {
		var open []SignIn
		err := tx.Raw(`select id, person_id from sign_in where id in ? and revoked_at is null and expires_at > ? and seen_at > ?`, signIns, tx.Now, tx.Now.Add(-s.Idle)).Scan(&open).Error
		if err != nil {
			return err
		}
		people := make([]uuid.UUID, len(open))
		for i, signIn := range open {
			people[i] = signIn.PersonID
		}
		actors, err := panels.ActorsFor(tx, people, tx.Today())
		for _, signIn := range open {
			if actor, active := actors[signIn.PersonID]; active {
				live[signIn.ID] = actor
			}
		}
		return err
	})
	return live, err
}

// personByEmail is nil when nobody active has the address.
func personByEmail(tx db.Tx, email string) (*panels.Person, error) {
	var p panels.Person
	err := tx.Where("email = ? and (ended_on is null or ended_on > ?)", email, tx.Today()).Take(&p).Error
	if err == gorm.ErrRecordNotFound {
		return nil, nil
	}
	return &p, err
}

// ForgetExpired deletes sessions and attempts that no longer matter. The daily job calls it.
func (s *Store) ForgetExpired(ctx context.Context, log *slog.Logger) error {
	return s.DB.Write(ctx, system, func(tx db.Tx) error {
		if err := tx.Exec(`delete from sessions where expiry < now()`).Error; err != nil {
			return err
		}
		result := tx.Exec(`delete from sign_in_attempt where at < ?`, tx.Now.Add(-24*time.Hour))
		log.Info("expired sessions forgotten", "attempts", result.RowsAffected)
		return result.Error
	})
}
