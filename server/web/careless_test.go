package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// What is refused is said to be not kept, and says things about young people.
func TestAFileThatCannotBeLookedAtIsNotKept(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	book := excelize.NewFile()
	if err := book.SetCellStr("Sheet1", "ZZ1", "far away"); err != nil {
		t.Fatal(err)
	}
	var wide bytes.Buffer
	if err := book.Write(&wide); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content []byte
		code    int
		says    string
	}{
		"wide.xlsx":   {wide.Bytes(), 413, "more than 200000 rows or 512 columns"},
		"quoted.csv":  {[]byte("Ref,Forename,Surname,DoB\nT1,\"Rosa,Walker,04/03/2009\n"), 422, "A quotation mark is opened and never closed"},
		"lengthy.csv": {[]byte("Ref,Forename,Surname,DoB\nT1,Rosa," + strings.Repeat("x", 40_000) + ",04/03/2009\n"), 413, "holds more than 32767 characters"},
	} {
		code, page, _ := p.upload("clerk", name, c.content)
		p.expect(name, code, c.code, page, "Error: Which file holds the tracker?", c.says)
		code, page = p.get("clerk", "/tracker")
		p.expect("the tracker after "+name, code, 200, page)
		if got := p.value(`select count(*)::text from tracker_import where status <> 'abandoned' or file_bytes > 0`); got != "0" {
			t.Errorf("%s: %s files are kept", name, got)
		}
	}
}

// A page nobody links to must be an empty page, and not a failure that wakes somebody up.
func TestPagesThatAreNotThereAreEmpty(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	address := p.bring("clerk", "tracker.csv", []byte("Ref,Forename,Surname,DoB,Area\nT1,Rosa,Walker,04/03/2009,North\n"))
	for _, page := range []string{"-1", "0", "2", "999999999", "9223372036854775807", "99999999999999999999", "x", "%00"} {
		for _, path := range []string{address + "?show=new&page=", address + "?show=absent&page=", "/cases?page=", "/cases?locality=%00&page="} {
			code, said := p.get("clerk", path+page)
			if code >= 500 {
				t.Errorf("%s%s: %d %s", path, page, code, said)
			}
		}
	}
	for _, row := range []string{"-1", "0", "1001", "999999999999", "9223372036854775807", "x"} {
		_, _, to := p.upload("clerk", "other.csv", []byte("Reference,First,Last,Born\nT1,Rosa,Walker,04/03/2009\n"))
		if code, said := p.get("clerk", to+"?sheet=&heading_row="+row); code >= 500 {
			t.Errorf("row %s: %d %s", row, code, said)
		}
	}
}

// A browser sends any name a disk can hold, and a program any name at all.
func TestAnyFileNameIsKeptTidy(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		`form-data; name="file"; filename*=UTF-8''a%00b%E2%80%AEcsv.csv`:            "abcsv.csv",
		`form-data; name="file"; filename="../../x/../y.csv"`:                       "y.csv",
		"form-data; name=\"file\"; filename=\"caf\xe9.csv\"":                        "caf\ufffd.csv",
		`form-data; name="file"; filename="` + strings.Repeat("n", 5_000) + `.csv"`: strings.Repeat("n", 99) + "….csv",
	} {
		p := newPartnership(t)
		var form bytes.Buffer
		writer := multipart.NewWriter(&form)
		part, err := writer.CreatePart(textproto.MIMEHeader{"Content-Disposition": {header}})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write([]byte("Ref,Forename,Surname,DoB\nT1,Rosa,Walker,04/03/2009\n"))
		_ = writer.Close()
		code, page, _ := p.ask("clerk", http.MethodPost, "/tracker/imports", writer.FormDataContentType(), &form)
		p.expect(header, code, 303, page)
		if got := p.value(`select file_name from tracker_import`); got != want {
			t.Errorf("%.60q is kept as %.120q", header, got)
		}
	}
}

// A form that names one value, and names it wrong, must not give up everything that meetings said.
func TestAChoiceThatNamesNothingChoosesNothing(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	address := p.bring("clerk", "tracker.csv", []byte("Ref,Forename,Surname,DoB,Area\nT1,Rosa,Walker,04/03/2009,North\n"))
	code, page, _ := p.post("clerk", address+"/kept", url.Values{"version": {"1"}, "take": {"file"}, "kept": {"0199a1b2-0000"}})
	p.expect("half an id", code, 404, page)
	if got := p.value(`select version::text from tracker_import`); got != "1" {
		t.Errorf("the preview was made again as version %s", got)
	}
}
