// Command outsider checks a published log with packages that nobody here wrote: the checkpoint
// with golang.org/x/mod/sumdb/note, the tree with golang.org/x/mod/sumdb/tlog, as Go's own
// checksum database does. It ends with 1 where it does not accept what it was given.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8 // of a tile (C2SP tlog-tiles)

func main() {
	checks := map[string]func([]string) (string, error){
		"log": checkLog, "receipt": checkReceipt, "growth": checkGrowth,
	}
	if len(os.Args) < 3 || checks[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: outsider log VKEY FOLDER | receipt VKEY FILE | growth VKEY OLD FOLDER")
		os.Exit(64)
	}
	said, err := checks[os.Args[1]](os.Args[2:])
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Println("accepted:", said)
}

// open returns the tree that a note states, once the log's key has signed it.
func open(vkey string, data []byte) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// checkLog hashes every entry, builds the tree, and holds every published tile to it.
func checkLog(given []string) (string, error) {
	if len(given) != 2 {
		return "", errors.New("log VKEY FOLDER")
	}
	folder := given[1]
	data, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return "", err
	}
	tree, err := open(given[0], data)
	if err != nil {
		return "", err
	}
	stored := make([]tlog.Hash, 0, tlog.StoredHashCount(tree.N))
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
		bundle, err := os.ReadFile(filepath.Join(folder, "tile/entries"+path(index>>height, width)))
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
		found, err := os.ReadFile(filepath.Join(folder, name))
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
func checkReceipt(given []string) (string, error) {
	if len(given) != 2 {
		return "", errors.New("receipt VKEY FILE")
	}
	data, err := os.ReadFile(given[1])
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
	index, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return "", err
	}
	proof, err := hashes(lines[3:])
	if err != nil {
		return "", err
	}
	tree, err := open(given[0], []byte(signed))
	if err != nil {
		return "", err
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
func checkGrowth(given []string) (string, error) {
	if len(given) != 3 {
		return "", errors.New("growth VKEY OLD FOLDER")
	}
	var trees [2]tlog.Tree
	for i, name := range []string{given[1], filepath.Join(given[2], "checkpoint")} {
		data, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		if trees[i], err = open(given[0], data); err != nil {
			return "", err
		}
	}
	older, newer := trees[0], trees[1]
	if older.N < 1 || older.N > newer.N {
		return "", fmt.Errorf("%d entries do not go on from %d", newer.N, older.N)
	}
	proof, err := tlog.ProveTree(newer.N, older.N, tlog.TileHashReader(newer, tiles(given[2])))
	if err != nil {
		return "", err
	}
	if err := tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d entries go on from %d", newer.N, older.N), nil
}

// tiles is the folder in which a log is published.
type tiles string

func (folder tiles) Height() int { return height }

func (folder tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, len(wanted))
	for i, tile := range wanted {
		data, err := os.ReadFile(filepath.Join(string(folder), tileName(tile)))
		if err != nil {
			return nil, err
		}
		found[i] = data
	}
	return found, nil
}

func (folder tiles) SaveTiles([]tlog.Tile, [][]byte) {}

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
