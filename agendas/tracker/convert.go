package tracker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"quorate/server/base/fault"
)

// How long LibreOffice may take over one file, and the most of the machine it may use for it.
const (
	convertTime   = 90 * time.Second
	convertMemory = 3 << 20 // kilobytes of address space, most of which it never touches
)

// converting lets one file be converted at a time: each takes hundreds of megabytes.
var converting = make(chan struct{}, 1)

// An oldKind is a spreadsheet that must be turned into a workbook before it can be read.
type oldKind struct {
	ending string // as LibreOffice knows it
	words  string // as people call it
}

var (
	openDocument = oldKind{".ods", "an OpenDocument spreadsheet (.ods)"}
	oldExcel     = oldKind{".xls", "an old Excel workbook (.xls)"}
)

// Converts reports whether .ods and .xls files can be read here: LibreOffice is installed.
func Converts() bool {
	_, err := exec.LookPath("soffice")
	return err == nil
}

// openConverted reads an old spreadsheet through LibreOffice, when it is installed. Its macros are not
// run and its links not followed: it works without a person and with settings of its own.
func openConverted(name string, file io.ReaderAt, size int64, kind oldKind) (*Workbook, error) {
	program, err := exec.LookPath("soffice")
	if err != nil {
		return nil, fault.New(fault.Invalid, "The file is %s, which is read only where LibreOffice is installed. Open it, choose Save As, Excel Workbook (.xlsx), and choose the new file.", kind.words)
	}
	converted, err := convert(program, file, size, kind)
	if errors.Is(err, errOthersFirst) {
		return nil, fault.New(fault.Unavailable, "Other files are being converted just now, one at a time. Choose the file again in a few minutes.").Because(err)
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "The file is %s and could not be converted: it may be damaged or have a password. Open it, choose Save As, Excel Workbook (.xlsx), and choose the new file.", kind.words).Because(err)
	}
	book, err := openXLSX(name, bytes.NewReader(converted), int64(len(converted)))
	if err != nil {
		return nil, err
	}
	book.Converted = converted
	if !namesOldKind(name) {
		book.notices = append(book.notices, convertedNotice)
	}
	return book, nil
}

const convertedNotice = "The file was converted to an Excel workbook to be read. Check dates and amounts of a few people against it."

// namesOldKind reports whether a file's name says that it was another kind of spreadsheet: a workbook of
// that name is what it was converted to.
func namesOldKind(name string) bool {
	ending := strings.ToLower(filepath.Ext(name))
	return ending == openDocument.ending || ending == oldExcel.ending
}

// errOthersFirst says that a file waited too long for those before it.
var errOthersFirst = errors.New("tracker: other files are being converted")

const conversionFolder = "quorate-convert-"

// sweepConversions deletes what processes that died over a conversion left: a whole tracker, as a file.
func sweepConversions() {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), conversionFolder+"*")) // the pattern is good
	for _, folder := range left {
		if info, err := os.Lstat(folder); err == nil && info.IsDir() && time.Since(info.ModTime()) > time.Hour {
			_ = os.RemoveAll(folder) // another user's stays
		}
	}
}

// settings keep LibreOffice from running, fetching or updating anything that a spreadsheet names: a link in
// one must not read a file of this server’s, nor tell another that it was opened. Pictures are fetched
// whatever the rest says, so the way out is a proxy that is not there.
const settings = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetNoProxy" oor:op="fuse"><value></value></prop></item>
</oor:items>
`

func writeSettings(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	return writeFile(filepath.Join(folder, "registrymodifications.xcu"), strings.NewReader(settings))
}

// convert gives the file as a workbook.
func convert(program string, file io.ReaderAt, size int64, kind oldKind) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), convertTime)
	defer cancel()
	select {
	case converting <- struct{}{}:
		defer func() { <-converting }()
	case <-ctx.Done():
		return nil, errOthersFirst
	}
	sweepConversions()
	folder, err := os.MkdirTemp("", conversionFolder)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	if err := writeSettings(filepath.Join(folder, "settings", "user")); err != nil {
		return nil, err
	}
	source := filepath.Join(folder, "tracker"+kind.ending)
	if err := writeFile(source, io.NewSectionReader(file, 0, size)); err != nil {
		return nil, err
	}
	// The shell sets bounds that every process below it keeps: no file larger than a workbook may be, so
	// much memory, so much time of the processor. One at a time: a plain shell takes no more, and one
	// bound that a system does not know leaves the others.
	command := exec.CommandContext(ctx, "/bin/sh", "-c", `for bound in "f $1" "v $2" "t $3"; do ulimit -$bound 2>/dev/null; done; shift 3; exec "$@"`, "sh",
		fmt.Sprint(MaxFileBytes/512), fmt.Sprint(convertMemory), fmt.Sprint(int(convertTime.Seconds())),
		program, "-env:UserInstallation=file://"+filepath.Join(folder, "settings"),
		"--headless", "--norestore", "--nolockcheck", "--nodefault", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", filepath.Join(folder, "out"), source)
	command.Dir = folder
	command.Env = []string{"HOME=" + folder, "PATH=" + os.Getenv("PATH"), "LANG=en_GB.UTF-8", "TMPDIR=" + folder}
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	command.WaitDelay = 5 * time.Second
	said := &firstBytes{most: 2_000}
	command.Stdout, command.Stderr = said, said
	err = command.Run()
	if killed := syscall.Kill(-command.Process.Pid, syscall.SIGKILL); killed != nil && !errors.Is(killed, syscall.ESRCH) {
		err = errors.Join(err, killed)
	}
	if err != nil {
		return nil, fmt.Errorf("soffice: %w: %s", errors.Join(err, ctx.Err()), said.kept.Bytes())
	}
	workbook, err := os.ReadFile(filepath.Join(folder, "out", "tracker.xlsx")) // no larger than a file may be
	if err != nil {
		return nil, fmt.Errorf("soffice: %w: %s", err, said.kept.Bytes())
	}
	return workbook, nil
}

func writeFile(path string, from io.Reader) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, from)
	return errors.Join(err, file.Close())
}

// firstBytes keeps the beginning of what is written to it.
type firstBytes struct {
	kept bytes.Buffer
	most int
}

func (f *firstBytes) Write(p []byte) (int, error) {
	f.kept.Write(p[:min(len(p), f.most-f.kept.Len())])
	return len(p), nil
}
