// Command outsider checks a published log with packages that nobody here wrote: the checkpoint
// with golang.org/x/mod/sumdb/note, the tree with golang.org/x/mod/sumdb/tlog, as Go's own
// checksum database does. It ends with 1 where it does not accept what it was given, and with 64
// where the command was not understood or a file of the user's own cannot be read.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height  = 8       // of a tile (C2SP tlog-tiles)
	largest = 1 << 40 // more entries than a tree may have here: a signed size costs nothing

	noteBytes    = 1 << 20
	receiptBytes = 2 * noteBytes
	bundleBytes  = 1 << height * (2 + 1<<16 - 1)
	tileBytes    = 1 << height * tlog.HashSize
)

// mistake is what is wrong with the command, or with a file that the user names: no finding.
type mistake struct{ error }

func main() {
	said, err := run(os.Args[1:])
	var wrong mistake
	switch {
	case errors.As(err, &wrong):
		fmt.Fprintln(os.Stderr, "outsider:", err)
		os.Exit(64)
	case err != nil:
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	if _, err := fmt.Println("accepted:", said); err != nil {
		os.Exit(70)
	}
}

func run(given []string) (string, error) {
	switch {
	case len(given) == 3 && given[0] == "log":
		return checkLog(given[1], given[2])
	case len(given) == 3 && given[0] == "receipt":
		return checkReceipt(given[1], given[2])
	case len(given) == 4 && given[0] == "growth":
		return checkGrowth(given[1], given[2], given[3])
	}
	usage := "usage: outsider log VKEY FOLDER | receipt VKEY FILE | growth VKEY OLD FOLDER"
	return "", mistake{errors.New(usage)}
}

// own reads a file that the user names.
func own(name string, most int64) ([]byte, error) {
	data, err := read(name, most)
	if err != nil {
		return nil, mistake{err}
	}
	return data, nil
}

// folder opens the folder that the user names. What is missing in it is the log's fault.
func folder(name string) (published, error) {
	found, err := os.Stat(name)
	if err == nil && !found.IsDir() {
		err = fmt.Errorf("%s is no folder", name)
	}
	if err != nil {
		return "", mistake{err}
	}
	return published(name), nil
}

// published is the folder in which a log is published.
type published string

// read returns a file of the log. A pipe has no end, and waits for a writer.
func (log published) read(name string, most int64) ([]byte, error) {
	name = filepath.Join(string(log), name)
	found, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !found.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", name)
	}
	return read(name, most)
}

// read returns a file that is no longer than most, and no more than that of a longer one.
func read(name string, most int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	state, err := file.Stat()
	if err != nil {
		return nil, err
	}
	data := bytes.NewBuffer(make([]byte, 0, min(state.Size(), most)+bytes.MinRead))
	_, err = data.ReadFrom(io.LimitReader(file, most+1))
	return data.Bytes(), err
}

// decimal reads a number as the formats have it: no sign, no leading zero.
func decimal(text string) (int64, error) {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 || number >= largest || strconv.FormatInt(number, 10) != text {
		return 0, fmt.Errorf("%q is no number from 0 to %d", text, int64(largest-1))
	}
	return number, nil
}

// open returns the tree that a note states, once the log's key has signed it.
func open(vkey string, data []byte) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, mistake{err}
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("not a checkpoint of this log")
	}
	size, err := decimal(lines[1])
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// checkLog hashes every entry, builds the tree, and holds every published tile to it.
func checkLog(vkey, where string) (string, error) {
	log, err := folder(where)
	if err != nil {
		return "", err
	}
	tree, err := log.head(vkey)
	if err != nil {
		return "", err
	}
	stored := make([]tlog.Hash, 0, min(tlog.StoredHashCount(tree.N), 1<<21)) // 64 MB at most
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			if index >= int64(len(stored)) {
				return nil, errors.New("a hash beyond the log")
			}
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for index := int64(0); index < tree.N; {
		width := min(int64(1)<<height, tree.N-index)
		bundle, err := log.read("tile/entries"+path(index>>height, width), bundleBytes)
		if err != nil {
			return "", err
		}
		for range width {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return "", fmt.Errorf("the bundle of entry %d is too short", index)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			hashes, err := tlog.StoredHashesForRecordHash(index, tlog.RecordHash(bundle[2:end]), reader)
			if err != nil {
				return "", err
			}
			stored = append(stored, hashes...)
			bundle = bundle[end:]
			index++
		}
		if len(bundle) > 0 {
			return "", fmt.Errorf("the bundle before entry %d is too long", index)
		}
	}
	root, err := tlog.TreeHash(tree.N, reader)
	if err != nil {
		return "", err
	}
	if root != tree.Hash {
		return "", errors.New("the entries have another root than the one that was signed")
	}
	for _, tile := range tlog.NewTiles(height, 0, tree.N) {
		due, err := tlog.ReadTileData(tile, reader)
		if err != nil {
			return "", err
		}
		name := tileName(tile)
		found, err := log.read(name, tileBytes)
		if err != nil {
			return "", err
		}
		if !bytes.Equal(due, found) {
			return "", fmt.Errorf("%s is not what the entries hash to", name)
		}
	}
	return fmt.Sprintf("%d entries %s", tree.N, root), nil
}

// checkReceipt proves that the record in a receipt is in the tree under the receipt's checkpoint.
func checkReceipt(vkey, name string) (string, error) {
	data, err := own(name, receiptBytes)
	if err != nil {
		return "", err
	}
	head, signed, found := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return "", errors.New("not a receipt")
	}
	extra, isExtra := strings.CutPrefix(lines[1], "extra ")
	number, isIndex := strings.CutPrefix(lines[2], "index ")
	if !isExtra || !isIndex {
		return "", errors.New("a receipt without its record")
	}
	record, err := base64.StdEncoding.DecodeString(extra)
	if err != nil {
		return "", err
	}
	index, err := decimal(number)
	if err != nil {
		return "", err
	}
	proof, err := hashes(lines[3:])
	if err != nil {
		return "", err
	}
	tree, err := open(vkey, []byte(signed))
	if err != nil {
		return "", err
	}
	if index >= tree.N {
		return "", fmt.Errorf("there is no entry %d among %d", index, tree.N)
	}
	entry := fmt.Sprintf("svx-entry/1\n%x\n", sha256.Sum256(record))
	leaf := tlog.RecordHash([]byte(entry))
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf); err != nil {
		return "", err
	}
	return fmt.Sprintf("entry %d of %d", index, tree.N), nil
}

// checkGrowth proves that a log goes on from an older checkpoint. Nothing that its tiles say is
// believed before it is joined to the signed root.
func checkGrowth(vkey, name, where string) (string, error) {
	log, err := folder(where)
	if err != nil {
		return "", err
	}
	data, err := own(name, noteBytes)
	if err != nil {
		return "", err
	}
	older, err := open(vkey, data)
	if err != nil {
		return "", err
	}
	newer, err := log.head(vkey)
	if err != nil {
		return "", err
	}
	if older.N < 1 || older.N > newer.N {
		return "", fmt.Errorf("%d entries do not go on from %d", newer.N, older.N)
	}
	proof, err := tlog.ProveTree(newer.N, older.N, tlog.TileHashReader(newer, log))
	if err != nil {
		return "", err
	}
	if err := tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d entries go on from %d", newer.N, older.N), nil
}

func (log published) head(vkey string) (tlog.Tree, error) {
	data, err := log.read("checkpoint", noteBytes)
	if err != nil {
		return tlog.Tree{}, err
	}
	return open(vkey, data)
}

func (log published) Height() int { return height }

func (log published) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, len(wanted))
	for i, tile := range wanted {
		data, err := log.read(tileName(tile), tileBytes)
		if err != nil {
			return nil, err
		}
		found[i] = data
	}
	return found, nil
}

func (log published) SaveTiles([]tlog.Tile, [][]byte) {}

func tileName(tile tlog.Tile) string {
	return fmt.Sprintf("tile/%d%s", tile.L, path(tile.N, int64(tile.W)))
}

func hashes(lines []string) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(lines))
	for i, line := range lines {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		found[i] = hash
	}
	return found, nil
}

// path is the end of a tile's name: three digits a folder (C2SP tlog-tiles).
func path(number, width int64) string {
	name := fmt.Sprintf("/%03d", number%1000)
	for number >= 1000 {
		number /= 1000
		name = fmt.Sprintf("/x%03d", number%1000) + name
	}
	if width < 1<<height {
		name += fmt.Sprintf(".p/%d", width)
	}
	return name
}
