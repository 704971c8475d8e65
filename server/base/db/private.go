package db

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"quorate/server/base/fault"
)

// The names inside a private Postgres. The owner exists to migrate; the server works as AppRole.
const (
	privateOwner    = "quorate"
	privateDatabase = "quorate"
	privatePort     = "5432" // only part of the socket's name: nothing listens on the network
	oldestPostgres  = 15
	startTimeout    = 60 * time.Second
)

// Private is a Postgres that the product starts for itself from the installed binaries: its files
// are in the data folder, it answers on a unix socket only, and the last process to let go stops it.
//
// Who holds it is told by two lock files. start.lock is held, exclusively, only while somebody starts
// or stops Postgres. users.lock is held, shared, by every process that uses it; a process that can
// turn its share into an exclusive hold was the last. A killed process loses its locks with its life,
// so a Postgres it left behind is adopted by the next start. Postgres is never tied to the life of the
// thread that started it, because Go ends threads at will.
type Private struct {
	config PrivateConfig
	server *syscall.Credential // whom Postgres runs as; nil for ourselves
	users  *os.File            // our share of users.lock
	socket string              // the folder of the unix socket
}

// PrivateConfig says where a private Postgres lives and how careful it is.
type PrivateConfig struct {
	DataDir  string // holds postgres/ (the database's own folder) and the lock files
	FsyncOff bool   // for tests only: fast, and lost in a crash
	Afresh   bool   // for tests only: unless it is running, begin with nothing
	Log      *slog.Logger
}

// DefaultDataDir is where a private Postgres keeps its data unless QUORATE_DATA_DIR says otherwise:
// /var/lib/quorate for root, else the user's own data folder.
func DefaultDataDir() string {
	if os.Geteuid() == 0 {
		return "/var/lib/quorate" // the postgres user cannot enter root's home
	}
	if xdg := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(xdg) {
		return filepath.Join(xdg, "quorate")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return filepath.Join(os.TempDir(), "quorate-"+strconv.Itoa(os.Geteuid()))
	}
	return filepath.Join(home, ".local", "share", "quorate")
}

// OpenPrivate starts the private Postgres of a data folder, or adopts it when it already runs.
// Let go of it with Release.
func OpenPrivate(ctx context.Context, config PrivateConfig) (_ *Private, err error) {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.DataDir, err = filepath.Abs(config.DataDir); err != nil {
		return nil, err
	}
	p := &Private{config: config}
	if err := os.MkdirAll(config.DataDir, 0o711); err != nil {
		return nil, fault.New(fault.Unavailable, "The data folder %s cannot be made. Choose another with QUORATE_DATA_DIR.", config.DataDir).Because(err)
	}
	if p.server, err = serverAccount(p.cluster()); err != nil {
		return nil, err
	}
	starting, err := lockFile(ctx, p.path("start.lock"), syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer starting.Close()
	if p.users, err = lockFile(ctx, p.path("users.lock"), syscall.LOCK_SH); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			p.users.Close()
		}
	}()
	adopted, err := p.adopt(ctx)
	if err != nil {
		return nil, err
	}
	if !adopted {
		if config.Afresh {
			if err := os.RemoveAll(p.cluster()); err != nil {
				return nil, p.explainFolder(err)
			}
		}
		if err := p.start(ctx); err != nil {
			return nil, err
		}
	}
	if err := p.furnish(ctx); err != nil {
		return nil, err
	}
	config.Log.Info("the private Postgres is up", "data", p.cluster(), "adopted", adopted)
	return p, nil
}

// Release lets go of the private Postgres, and stops it when nobody else holds it.
func (p *Private) Release(ctx context.Context) error {
	if p.users == nil {
		return nil
	}
	defer func() { p.users.Close(); p.users = nil }()
	_, err := p.whenUnused(ctx, func() error { return p.stop(ctx) })
	return err
}

// DiscardPrivate stops the private Postgres of a data folder and deletes its data, unless a process
// holds it. For tests only.
func DiscardPrivate(ctx context.Context, dataDir string) (gone bool, err error) {
	p := &Private{config: PrivateConfig{DataDir: dataDir}}
	if p.server, err = serverAccount(p.cluster()); err != nil {
		return false, err
	}
	if p.users, err = openLock(p.path("users.lock")); err != nil {
		return false, err
	}
	defer p.users.Close()
	return p.whenUnused(ctx, func() error {
		if err := p.stop(ctx); err != nil {
			return err
		}
		return os.RemoveAll(p.cluster())
	})
}

// whenUnused runs fn if nobody but us holds users.lock, and keeps everybody else waiting meanwhile.
func (p *Private) whenUnused(ctx context.Context, fn func() error) (unused bool, err error) {
	starting, err := lockFile(ctx, p.path("start.lock"), syscall.LOCK_EX)
	if err != nil {
		return false, err
	}
	defer starting.Close()
	err = syscall.Flock(int(p.users.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("db: lock the data folder: %w", err)
	}
	return true, fn()
}

// OwnerURL connects as the owner, who may migrate. An empty database means the product's own.
func (p *Private) OwnerURL(database string) string { return p.url(privateOwner, database) }

// AppURL connects as the server's role, which owns nothing.
func (p *Private) AppURL(database string) string { return p.url(AppRole, database) }

func (p *Private) url(role, database string) string {
	if database == "" {
		database = privateDatabase
	}
	query := url.Values{"host": {p.socket}, "port": {privatePort}, "sslmode": {"disable"}}
	return (&url.URL{Scheme: "postgres", User: url.User(role), Path: "/" + database, RawQuery: query.Encode()}).String()
}

func (p *Private) path(name string) string { return filepath.Join(p.config.DataDir, name) }

func (p *Private) cluster() string { return p.path("postgres") }

// adopt looks for a live Postgres on the data folder and waits until it answers.
func (p *Private) adopt(ctx context.Context) (bool, error) {
	notes, err := readPostmasterFile(p.cluster())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, p.explainFolder(err)
	}
	if !notes.alive(p.cluster()) {
		// The machine stopped without warning and another program may have its number now;
		// Postgres itself would refuse to start. We hold start.lock, so nobody else is starting it.
		if err := os.Remove(filepath.Join(p.cluster(), "postmaster.pid")); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, p.explainFolder(err)
		}
		return false, nil
	}
	p.socket = notes.socket
	switch err := p.ready(ctx); {
	case err == nil:
		return true, nil
	case unreachable(err):
		// It lives but its socket was tidied away, or it was just stopping. Start it again.
		return false, p.stop(ctx)
	default:
		return false, err
	}
}

// ready waits until Postgres answers as the owner.
func (p *Private) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, p.OwnerURL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		if unreachable(err) {
			if notes, readErr := readPostmasterFile(p.cluster()); readErr != nil || notes.state != "starting" {
				return err
			}
		} else if sqlState(err) != "57P03" { // anything but "the database system is starting up"
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("db: the private Postgres did not answer in time: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// unreachable reports whether nobody answers on the socket at all.
func unreachable(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED)
}

func (p *Private) start(ctx context.Context) error {
	bin, err := p.binaries()
	if err != nil {
		return err
	}
	if err := p.checkWay(); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(p.cluster(), "PG_VERSION")); errors.Is(err, fs.ErrNotExist) {
		if err := p.initialise(ctx, bin); err != nil {
			return err
		}
	} else if err != nil {
		return p.explainFolder(err)
	}
	if err := p.makeSocketFolder(); err != nil {
		return err
	}
	var settings strings.Builder
	for _, s := range p.settings() {
		fmt.Fprintf(&settings, "-c %s='%s' ", s[0], s[1])
	}
	startLog := filepath.Join(p.cluster(), "startup.log")
	out, err := p.run(ctx, filepath.Join(bin, "pg_ctl"), "start", "-D", p.cluster(), "-w",
		"-t", strconv.Itoa(int(startTimeout.Seconds())), "-l", startLog, "-o", settings.String())
	if err != nil {
		return fmt.Errorf("db: the private Postgres in %s did not start: %w\n%s%s", p.cluster(), err, out, tail(startLog))
	}
	if err := p.ready(ctx); err != nil {
		return fmt.Errorf("db: the private Postgres in %s started but does not answer: %w", p.cluster(), err)
	}
	return nil
}

// initialise makes a new database folder. It is made under another name and moved into place, so that
// a start that was cut short leaves nothing that looks finished.
func (p *Private) initialise(ctx context.Context, bin string) error {
	fresh := p.path("postgres.new")
	if err := os.RemoveAll(fresh); err != nil {
		return p.explainFolder(err)
	}
	if err := os.Mkdir(fresh, 0o700); err != nil {
		return p.explainFolder(err)
	}
	if err := p.give(fresh); err != nil {
		return err
	}
	args := []string{"-D", fresh, "-U", privateOwner, "--auth=trust", "--encoding=UTF8", "--locale=C"}
	if p.config.FsyncOff {
		args = append(args, "--no-sync")
	}
	// ICU sorts people's names as people do, wherever the machine comes from.
	out, err := p.run(ctx, filepath.Join(bin, "initdb"), append(args, "--locale-provider=icu", "--icu-locale=en-GB")...)
	if err != nil && strings.Contains(out, "ICU is not supported") {
		out, err = p.run(ctx, filepath.Join(bin, "initdb"), append(args, "--locale=C.UTF-8")...)
	}
	if err != nil {
		return fmt.Errorf("db: initdb in %s: %w\n%s", fresh, err, out)
	}
	return os.Rename(fresh, p.cluster())
}

// settings are given at every start, so an upgrade of the product brings its own.
// Nothing a person typed reaches Postgres's log: no statements, no details of a clash.
func (p *Private) settings() [][2]string {
	s := [][2]string{
		{"listen_addresses", ""},
		{"port", privatePort},
		{"unix_socket_directories", p.socket},
		{"unix_socket_permissions", "0700"},
		{"timezone", "UTC"},
		{"log_timezone", "UTC"},
		{"log_statement", "none"},
		{"log_min_error_statement", "panic"},
		{"log_error_verbosity", "terse"},
		{"log_parameter_max_length_on_error", "0"},
	}
	if p.config.FsyncOff {
		return append(s, [][2]string{
			{"fsync", "off"}, {"synchronous_commit", "off"}, {"full_page_writes", "off"},
			{"wal_level", "minimal"}, {"max_wal_senders", "0"}, {"autovacuum", "off"},
			{"max_connections", "400"}, {"shared_buffers", "64MB"}, {"max_wal_size", "4GB"},
		}...)
	}
	return append(s, [][2]string{
		{"fsync", "on"}, {"synchronous_commit", "on"}, {"full_page_writes", "on"},
		{"max_connections", "100"}, {"shared_buffers", "128MB"},
		// A week of logs, each day's replacing the one of a week before.
		{"logging_collector", "on"}, {"log_directory", "log"}, {"log_filename", "postgres-%a.log"},
		{"log_truncate_on_rotation", "on"}, {"log_rotation_age", "1d"}, {"log_rotation_size", "0"},
	}...)
}

// furnish makes the database and the server's role unless they are there.
func (p *Private) furnish(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, p.OwnerURL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var role, database bool
	err = conn.QueryRow(ctx, `select exists (select from pg_roles where rolname = $1),
		exists (select from pg_database where datname = $2)`, AppRole, privateDatabase).Scan(&role, &database)
	if err != nil {
		return err
	}
	if !role {
		if _, err := conn.Exec(ctx, "create role "+AppRole+" login"); err != nil {
			return err
		}
	}
	if !database {
		if _, err := conn.Exec(ctx, "create database "+privateDatabase); err != nil {
			return err
		}
	}
	return nil
}

// stop waits until Postgres has written everything down and gone. Sessions still open are ended.
func (p *Private) stop(ctx context.Context) error {
	notes, err := readPostmasterFile(p.cluster())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return p.explainFolder(err)
	}
	if !notes.alive(p.cluster()) {
		return nil
	}
	bin, err := p.binaries()
	if err != nil {
		return err
	}
	out, err := p.run(ctx, filepath.Join(bin, "pg_ctl"), "stop", "-D", p.cluster(), "-m", "fast", "-w",
		"-t", strconv.Itoa(int(startTimeout.Seconds())))
	if err != nil {
		return fmt.Errorf("db: the private Postgres in %s did not stop: %w\n%s", p.cluster(), err, out)
	}
	_ = os.Remove(notes.socket) // empty now; harmless when it stays
	return nil
}

// run runs one of Postgres's programs as the account that owns the data. The program gets a plain
// environment, its own session (so that Ctrl-C in a terminal reaches us and not Postgres), and files
// rather than pipes: a pipe would be held open by the server it leaves running.
func (p *Private) run(ctx context.Context, program string, args ...string) (string, error) {
	output, err := os.CreateTemp("", "quorate-postgres-*")
	if err != nil {
		return "", err
	}
	defer os.Remove(output.Name())
	defer output.Close()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + filepath.Dir(program) + ":/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: p.server}
	runErr := cmd.Run()
	text, err := os.ReadFile(output.Name())
	if err != nil {
		return "", err
	}
	return string(text), runErr
}

// binaries finds the folder of Postgres's programs: the one that made the data, or the newest.
func (p *Private) binaries() (string, error) {
	version := 0
	if text, err := os.ReadFile(filepath.Join(p.cluster(), "PG_VERSION")); err == nil {
		if version, err = strconv.Atoi(strings.TrimSpace(string(text))); err != nil {
			return "", fmt.Errorf("db: %s/PG_VERSION says %q", p.cluster(), text)
		}
	}
	return chooseBinaries(InstalledPostgres(), version, p.cluster())
}

// chooseBinaries picks the version that made the data, or the newest when there is none (version 0).
func chooseBinaries(installed map[int]string, version int, cluster string) (string, error) {
	if version != 0 {
		if bin, ok := installed[version]; ok {
			return bin, nil
		}
		return "", fault.New(fault.Unavailable, "The data in %s was made by Postgres %d, which is not installed. Install Postgres %d: for example, apt-get install postgresql-%d.",
			cluster, version, version, version)
	}
	if len(installed) == 0 {
		return "", fault.New(fault.Unavailable, "Install Postgres %d or later: for example, apt-get install postgresql. Or give QUORATE_DATABASE_URL to use a database that already runs.", oldestPostgres)
	}
	return installed[slices.Max(slices.Collect(maps.Keys(installed)))], nil
}

// InstalledPostgres lists the folders that hold a Postgres server's programs, by major version, of
// those new enough.
func InstalledPostgres() map[int]string {
	folders := filepath.SplitList(os.Getenv("PATH"))
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",         // Debian and Ubuntu
		"/usr/pgsql-*/bin",                  // Red Hat
		"/usr/local/pgsql/bin",              // built from source
		"/opt/homebrew/opt/postgresql*/bin", // macOS
		"/usr/local/opt/postgresql*/bin",
	} {
		found, _ := filepath.Glob(pattern) // the patterns are well formed
		folders = append(folders, found...)
	}
	installed := map[int]string{}
	for _, folder := range folders {
		// pg_ctl only passes commands on; these three must stand together.
		missing := slices.ContainsFunc([]string{"postgres", "initdb", "pg_ctl"}, func(name string) bool {
			info, err := os.Stat(filepath.Join(folder, name))
			return err != nil || info.IsDir() || info.Mode()&0o111 == 0
		})
		if missing {
			continue
		}
		out, err := exec.Command(filepath.Join(folder, "postgres"), "--version").Output()
		if err != nil {
			continue
		}
		version := strings.TrimPrefix(strings.TrimSpace(string(out)), "postgres (PostgreSQL) ")
		major, err := strconv.Atoi(version[:len(version)-len(strings.TrimLeft(version, "0123456789"))])
		if err != nil || major < oldestPostgres {
			continue
		}
		if _, taken := installed[major]; !taken {
			installed[major] = folder
		}
	}
	return installed
}

// serverAccount is whom Postgres runs as: ourselves, unless we are root, which Postgres refuses.
// Then it is the owner of data that is already there, or the system's postgres user.
func serverAccount(cluster string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	if info, err := os.Stat(cluster); err == nil {
		if owner := info.Sys().(*syscall.Stat_t); owner.Uid != 0 {
			return &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}, nil
		}
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return nil, fault.New(fault.Unavailable, "Postgres does not run as root and there is no user named postgres. Run Quorate as an ordinary user, or add the user: useradd --system postgres.").Because(err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// give hands a folder and what is in it to the account Postgres runs as.
func (p *Private) give(folder string) error {
	if p.server == nil {
		return nil
	}
	return filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(p.server.Uid), int(p.server.Gid))
	})
}

// checkWay makes sure that the account Postgres runs as can walk to its data, and owns it.
func (p *Private) checkWay() error {
	if p.server == nil {
		return nil
	}
	for folder := p.config.DataDir; ; folder = filepath.Dir(folder) {
		info, err := os.Stat(folder)
		if err != nil {
			return p.explainFolder(err)
		}
		owner, mode := info.Sys().(*syscall.Stat_t), info.Mode()
		open := mode&0o001 != 0 || owner.Uid == p.server.Uid && mode&0o100 != 0 || owner.Gid == p.server.Gid && mode&0o010 != 0
		if !open {
			return fault.New(fault.Unavailable, "Postgres runs as another user and cannot enter %s. Choose a data folder outside it with QUORATE_DATA_DIR, such as /var/lib/quorate.", folder)
		}
		if folder == filepath.Dir(folder) {
			break
		}
	}
	// A folder put back from a backup by root belongs to root.
	if info, err := os.Stat(p.cluster()); err == nil && info.Sys().(*syscall.Stat_t).Uid != p.server.Uid {
		return p.give(p.cluster())
	}
	return nil
}

func (p *Private) explainFolder(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return notOurs(p.config.DataDir, err)
	}
	return fmt.Errorf("db: the data folder %s: %w", p.config.DataDir, err)
}

func notOurs(folder string, err error) error {
	return fault.New(fault.Unavailable, "The data folder %s belongs to somebody else. Run as its owner, or choose another with QUORATE_DATA_DIR.", folder).Because(err)
}

// makeSocketFolder chooses a short folder that only we and Postgres can enter: the system holds a
// socket's path to 107 bytes. Those who adopt read its place from Postgres's own notes.
func (p *Private) makeSocketFolder() error {
	digest := sha256.Sum256([]byte(p.config.DataDir))
	name := fmt.Sprintf("quorate-%d-%s", os.Geteuid(), hex.EncodeToString(digest[:4]))
	bases := []string{os.TempDir(), "/tmp"}
	if os.Geteuid() == 0 {
		bases = append([]string{"/run"}, bases...)
	}
	owner := uint32(os.Geteuid())
	if p.server != nil {
		owner = p.server.Uid
	}
	var last error
	for _, base := range bases {
		folder := filepath.Join(base, name)
		if len(folder)+len("/.s.PGSQL."+privatePort+".lock") > 103 || strings.ContainsAny(folder, `'",\ `) {
			continue
		}
		if err := os.Mkdir(folder, 0o700); err == nil {
			if last = p.give(folder); last == nil {
				p.socket = folder
				return nil
			}
			continue
		} else if !errors.Is(err, fs.ErrExist) {
			last = err
			continue
		}
		// Ours from before, or a trap set by another user of the machine?
		info, err := os.Lstat(folder)
		if err != nil {
			last = err
			continue
		}
		if info.IsDir() && info.Mode().Perm() == 0o700 && info.Sys().(*syscall.Stat_t).Uid == owner {
			p.socket = folder
			return nil
		}
		last = fmt.Errorf("%s is not ours", folder)
	}
	return fmt.Errorf("db: no folder for the private Postgres's socket: %w", last)
}

// postmasterFile is what a running Postgres says of itself in postmaster.pid.
type postmasterFile struct {
	pid    int
	socket string
	state  string // starting, ready, stopping
}

func readPostmasterFile(cluster string) (postmasterFile, error) {
	text, err := os.ReadFile(filepath.Join(cluster, "postmaster.pid"))
	if err != nil {
		return postmasterFile{}, err
	}
	lines := strings.Split(string(text), "\n")
	line := func(i int) string {
		if i < len(lines) {
			return strings.TrimSpace(lines[i])
		}
		return ""
	}
	pid, _ := strconv.Atoi(line(0)) // 0 while it is being written: not alive
	return postmasterFile{pid: pid, socket: line(4), state: line(7)}, nil
}

// alive reports whether the process is there and is the Postgres of this folder, not a stranger that
// has been given its number. Postgres works inside its data folder, which Linux lets us see.
func (f postmasterFile) alive(cluster string) bool {
	if f.pid <= 1 {
		return false
	}
	if err := syscall.Kill(f.pid, 0); err != nil && !errors.Is(err, syscall.EPERM) {
		return false
	}
	works, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", f.pid))
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist) || !isDir("/proc/self")
	}
	real, err := filepath.EvalSymlinks(cluster)
	return err != nil || works == real
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func openLock(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrPermission) {
		return nil, notOurs(filepath.Dir(path), err)
	}
	return file, err
}

// lockFile opens a lock file and waits for the lock. It is let go by closing the file, or by dying.
func lockFile(ctx context.Context, path string, how int) (*os.File, error) {
	file, err := openLock(path)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(file.Fd()), how|syscall.LOCK_NB)
		if err == nil {
			return file, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			file.Close()
			return nil, fmt.Errorf("db: lock %s: %w", path, err)
		}
		select {
		case <-ctx.Done():
			file.Close()
			return nil, fmt.Errorf("db: another process is starting or stopping the database in %s: %w", filepath.Dir(path), ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// tail is the end of a log, for an error that must say why.
func tail(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-8):], []byte("\n")))
}
