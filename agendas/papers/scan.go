package papers

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"quorate/server/base/fault"
)

// Scanner asks a clamd whether a file holds a virus, by the INSTREAM command of clamd(8).
type Scanner struct{ network, address string }

// scanTimeout bounds one scan.
const scanTimeout = 45 * time.Second

// NewScanner reads the address of a clamd: tcp://host:3310 or unix:///run/clamav/clamd.ctl.
func NewScanner(address string) (*Scanner, error) {
	parsed, err := url.Parse(address)
	switch {
	case err == nil && parsed.Scheme == "tcp" && parsed.Port() != "":
		return &Scanner{"tcp", parsed.Host}, nil
	case err == nil && parsed.Scheme == "unix" && parsed.Path != "":
		return &Scanner{"unix", parsed.Path}, nil
	default:
		return nil, fmt.Errorf("papers: %q is not the address of a clamd, like tcp://localhost:3310 or unix:///run/clamav/clamd.ctl", address)
	}
}

// Scan refuses a file that holds a virus. A scanner that does not answer is a fault too: nothing is
// attached unscanned where scanning was asked for.
func (s *Scanner) Scan(ctx context.Context, file []byte) error {
	answer, err := s.ask(ctx, file)
	switch {
	case err == nil && strings.HasSuffix(answer, " FOUND"):
		return refuse("The file holds a virus, so it was not kept. Tell your IT service desk.")
	case err == nil && answer == "stream: OK":
		return nil
	case err == nil:
		err = errors.New("clamd answered " + answer)
	}
	return fault.New(fault.Unavailable, "The file could not be checked for viruses just now, so it was not kept. Try again in a few minutes.").Because(err)
}

func (s *Scanner) ask(ctx context.Context, file []byte) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	connection, err := new(net.Dialer).DialContext(ctx, s.network, s.address)
	if err != nil {
		return "", err
	}
	defer connection.Close()
	stop := context.AfterFunc(ctx, func() { _ = connection.Close() }) // ends what waits on it
	defer stop()
	to := bufio.NewWriterSize(connection, 64<<10)
	_, err = to.WriteString("zINSTREAM\x00")
	for piece := range slices.Chunk(file, 1<<20) {
		err = errors.Join(err, binary.Write(to, binary.BigEndian, uint32(len(piece))))
		_, failed := to.Write(piece)
		err = errors.Join(err, failed)
	}
	if err = errors.Join(err, binary.Write(to, binary.BigEndian, uint32(0)), to.Flush()); err != nil {
		return "", err
	}
	answer, err := bufio.NewReader(io.LimitReader(connection, 4<<10)).ReadString(0)
	return strings.TrimRight(answer, "\x00"), err
}
