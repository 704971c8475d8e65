package auth

import (
	"context"
	"crypto/sha256"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// The throttle: wrong guesses within the window, for one e-mail from one network address, and from
// one address for any e-mail. It is counted in the database, so replicas share it.
const (
	throttleWindow     = 15 * time.Minute
	guessesPerEmail    = 5
	guessesPerAddress  = 50
	wrongEmailPassword = "Enter the email address and password of your Quorate account"
)

// unknownHash is what a wrong e-mail is checked against, so that it takes as long as a wrong password.
var unknownHash, _ = argon2id.CreateHash("nobody has this password", argon2id.DefaultParams)

// HashPassword is the argon2id hash to keep for a password.
func HashPassword(password string) (string, error) {
	if len([]rune(password)) < 12 {
		return "", fault.New(fault.Invalid, "Enter a password of 12 characters or more. Three random words work well.")
	}
	return argon2id.CreateHash(password, argon2id.DefaultParams)
}

// SignIn checks an e-mail address and password and opens a session on a device.
func (s *Store) SignIn(ctx context.Context, email, password, device, address string) (Session, error) {
	person, err := s.check(ctx, email, password, address)
	if err != nil {
		return Session{}, err
	}
	return s.open(ctx, person, device)
}

// SignInAgain is SignIn for a page that one person has open: with somebody else's account it opens no
// session, because what stands on the page, and what was typed into it, is not theirs.
func (s *Store) SignInAgain(ctx context.Context, personID uuid.UUID, email, password, device, address string) (Session, error) {
	person, err := s.check(ctx, email, password, address)
	if err != nil {
		return Session{}, err
	}
	if person.ID != personID {
		var form fault.Form
		form.Add("email", "This page belongs to somebody else. Sign in with the account that opened it, or leave the page")
		return Session{}, form.Err()
	}
	return s.open(ctx, person, device)
}

// check finds the person whose email address and password these are.
func (s *Store) check(ctx context.Context, email, password, address string) (panels.Person, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	wrong := &fault.Fault{Kind: fault.Invalid, Sentence: wrongEmailPassword, Fields: []fault.Field{{Name: "email", Sentence: wrongEmailPassword}}}
	if email == "" || password == "" {
		return panels.Person{}, wrong
	}
	if err := s.countAttempt(ctx, email, address); err != nil {
		return panels.Person{}, err
	}
	var person *panels.Person
	err := s.DB.Read(ctx, system, func(tx db.Tx) (err error) {
		person, err = personByEmail(tx, email)
		return err
	})
	if err != nil {
		return panels.Person{}, err
	}
	hash := unknownHash
	if person != nil && person.PasswordHash != "" {
		hash = person.PasswordHash
	}
	match, err := s.matches(ctx, password, hash)
	if fault.Is(err, fault.Unavailable) {
		return panels.Person{}, err
	}
	if err != nil || !match || hash == unknownHash {
		return panels.Person{}, wrong
	}
	return *person, s.forgiveAttempts(ctx, email, address)
}

// matches checks a password when its turn has come.
func (s *Store) matches(ctx context.Context, password, hash string) (bool, error) {
	select {
	case s.checking <- struct{}{}:
		defer func() { <-s.checking }()
	case <-ctx.Done():
		return false, fault.New(fault.Unavailable, "Many people are signing in just now. Try again in a minute.").Because(ctx.Err())
	}
	return argon2id.ComparePasswordAndHash(password, hash)
}

// SignInAs opens a session without a password. Only the demo's role cards call it.
func (s *Store) SignInAs(ctx context.Context, personID uuid.UUID, device string) (Session, error) {
	var person panels.Person
	err := s.DB.Read(ctx, system, func(tx db.Tx) error {
		return tx.Where("id = ? and ended_on is null", personID).Take(&person).Error
	})
	if err != nil {
		return Session{}, fault.New(fault.NotFound, "That person is not part of the demo.").Because(err)
	}
	return s.open(ctx, person, device)
}

// SignOut ends a session.
func (s *Store) SignOut(ctx context.Context, session Session) error {
	if !session.Actor.IsPerson() {
		return nil
	}
	err := s.DB.Write(ctx, session.Actor, func(tx db.Tx) error {
		if err := tx.Exec(`update sign_in set revoked_at = ? where id = ? and revoked_at is null`, tx.Now, session.SignIn).Error; err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "sign_in.ended", ObjectKind: "sign_in", ObjectID: session.SignIn.String()})
	})
	if err != nil {
		return err
	}
	held, err := s.sessions.Load(ctx, session.Token)
	if err != nil {
		return err
	}
	return s.sessions.Destroy(held)
}

func (s *Store) open(ctx context.Context, person panels.Person, device string) (Session, error) {
	opened := SignIn{ID: uuid.Must(uuid.NewV7()), PersonID: person.ID, Device: device}
	actor := access.Actor{PersonID: person.ID, Name: person.Name}
	err := s.DB.Write(ctx, actor, func(tx db.Tx) (err error) {
		opened.CreatedAt, opened.SeenAt, opened.ExpiresAt = tx.Now, tx.Now, tx.Now.Add(SessionLength)
		if err := tx.Create(&opened).Error; err != nil {
			return err
		}
		if actor, err = panels.ActorFor(tx, person, tx.Today()); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "sign_in.opened", ObjectKind: "sign_in", ObjectID: opened.ID.String()})
	})
	if err != nil {
		return Session{}, err
	}
	held, err := s.sessions.Load(ctx, "")
	if err != nil {
		return Session{}, err
	}
	s.sessions.Put(held, signInKey, opened.ID.String())
	token, _, err := s.sessions.Commit(held)
	return Session{Token: token, SignIn: opened.ID, SeenAt: opened.SeenAt, Actor: actor}, err
}

// countAttempt notes a guess before it is checked, so that guesses at once are all counted.
func (s *Store) countAttempt(ctx context.Context, email, address string) error {
	hash := sha256.Sum256([]byte(email))
	return s.DB.Write(ctx, system, func(tx db.Tx) error {
		// One guess at a time from an address, so that guesses made at once cannot pass the count together.
		if err := tx.Exec(`select pg_advisory_xact_lock(hashtext(?))`, "sign-in "+address).Error; err != nil {
			return err
		}
		var byEmail, byAddress int
		since := tx.Now.Add(-throttleWindow)
		err := tx.Raw(`
			select count(*) filter (where email_hash = ?), count(*)
			from sign_in_attempt where address = ? and at > ?`, hash[:], address, since).Row().Scan(&byEmail, &byAddress)
		if err != nil {
			return err
		}
		if byEmail >= guessesPerEmail || byAddress >= guessesPerAddress {
			return fault.New(fault.TooMany, "Too many attempts to sign in. Wait 15 minutes, then try again.")
		}
		// The hash does not come first: GORM takes bytes right after a parenthesis for a list.
		return tx.Exec(`insert into sign_in_attempt (address, email_hash, at) values (?, ?, ?)`, address, hash[:], tx.Now).Error
	})
}

func (s *Store) forgiveAttempts(ctx context.Context, email, address string) error {
	hash := sha256.Sum256([]byte(email))
	return s.DB.Write(ctx, system, func(tx db.Tx) error {
		return tx.Exec(`delete from sign_in_attempt where email_hash = ? and address = ?`, hash[:], address).Error
	})
}
