// Package attend takes people's part in a meeting, from starting the program to the sockets of their browsers, where speed and survival are measured.
package attend

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// Program is the built product, running.
type Program struct {
	URL    string // "http://localhost:8080"
	cmd    *exec.Cmd
	exited chan struct{}
	err    error // how it ended; read after exited is closed
	said   said
}

// FreePort is a port nobody listens on just now.
func FreePort() (int, error) {
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}

// Start runs "quorate demo" on a port, with these settings of its environment, and returns when it
// is ready to be used. The demo's partnership is made the first time.
func Start(ctx context.Context, binary string, port int, settings ...string) (*Program, error) {
	p := &Program{URL: "http://localhost:" + strconv.Itoa(port), exited: make(chan struct{})}
	p.cmd = exec.Command(binary, "demo", "--addr", "localhost:"+strconv.Itoa(port))
	p.cmd.Env = append(os.Environ(), settings...)
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	p.cmd.WaitDelay = time.Second // it leaves a Postgres running, which holds no pipe of ours
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.exited)
		p.err = p.cmd.Wait()
	}()
	retry := time.NewTicker(20 * time.Millisecond)
	defer retry.Stop()
	for !p.ready(ctx) {
		select {
		case <-p.exited:
			return nil, fmt.Errorf("the program ended at its start: %w\n%s", p.err, p.said.text())
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("the program was not ready in time: %w\n%s", ctx.Err(), p.said.text()), p.Kill())
		case <-retry.C:
		}
	}
	return p, nil
}

func (p *Program) ready(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+"/readyz", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// Pid is the number of its process.
func (p *Program) Pid() int { return p.cmd.Process.Pid }

// Freeze makes the program stand still, as a machine without a moment to spare would.
func (p *Program) Freeze() error { return p.cmd.Process.Signal(syscall.SIGSTOP) }

// Thaw lets it go on.
func (p *Program) Thaw() error { return p.cmd.Process.Signal(syscall.SIGCONT) }

// Said is what the program has written so far.
func (p *Program) Said() string { return p.said.text() }

// Kill ends the program as a power cut would, with no chance to do anything more.
func (p *Program) Kill() error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.exited
	return nil
}

// Stop asks the program to end and waits until it has. An error is how it ended, if not well.
func (p *Program) Stop(ctx context.Context) error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.exited:
	case <-ctx.Done():
		return errors.Join(errors.New("the program did not stop when asked"), p.Kill())
	}
	if p.err != nil {
		return fmt.Errorf("the program ended with %w\n%s", p.err, p.said.text())
	}
	return nil
}

// said keeps what a program writes.
type said struct {
	mu      sync.Mutex
	written bytes.Buffer // protected by mu
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.written.Write(p)
}

func (s *said) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.written.String()
}

// PID is the program's process.
func (p *Program) PID() int { return p.cmd.Process.Pid }
