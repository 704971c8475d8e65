package packs

import (
	"context"
	"errors"
	"io"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
	"quorate/server/base/files"
)

// Standing is how the actor's own PDF of a version stands.
type Standing struct {
	Pack    Pack
	Printed Printed
	Prints  bool // this machine can make one
	Changed bool // the one that was made says something else than the agenda says now
}

// Ready reports whether the PDF can be downloaded.
func (s Standing) Ready() bool { return s.Printed.State == Made && !s.Changed }

// Stand reads the actor's pack of a version and how their PDF of it stands.
func (s Store) Stand(tx db.Tx, meetingID uuid.UUID, version int) (standing Standing, err error) {
	if standing.Pack, err = Of(tx, meetingID, version, s.Withheld); err != nil {
		return standing, err
	}
	standing.Prints = s.Press.Prints()
	if standing.Printed, err = printedOf(tx, meetingID, standing.Pack.Version, tx.Actor.PersonID); err != nil {
		return standing, err
	}
	standing.Changed = standing.Printed.State == Made && standing.Printed.Mark != standing.Pack.Mark()
	if standing.Printed.State == Made && tx.Now.Sub(standing.Printed.AskedAt) >= keptFor {
		standing.Printed = Printed{}
	}
	return standing, nil
}

// OpenPack opens the actor's own PDF of a version; the caller closes it. One that was made before the agenda,
// an interest or a paper changed is not handed out any more.
func (s Store) OpenPack(ctx context.Context, actor access.Actor, meetingID uuid.UUID, version int) (file io.ReadSeekCloser, standing Standing, err error) {
	err = s.DB.Read(ctx, actor, func(tx db.Tx) error {
		standing, err = s.Stand(tx, meetingID, version)
		return err
	})
	if err != nil {
		return nil, standing, err
	}
	notThere := fault.New(fault.Conflict, "This PDF is not there. It may have been deleted, or the agenda has changed since it was made. Go back and ask for it again.")
	if !standing.Ready() {
		return nil, standing, notThere
	}
	file, err = s.Files.Open(ctx, standing.Printed.Key)
	if errors.Is(err, files.ErrMissing) {
		return nil, standing, notThere
	}
	return file, standing, err
}
