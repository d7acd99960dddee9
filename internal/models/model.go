package models

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"attune/internal/vig"
)

// Model is one file of the manifest.
type Model struct {
	File    string // name of the file, without a folder
	Size    int64  // bytes
	SHA256  string // lower-case hex
	Licence string // SPDX identifier
	URL     string // where its authors publish it
	Purpose string // what Attune does with it, for people to read
}

// YuNet finds faces and five points on each (Wu et al., "YuNet: A Tiny
// Millisecond-level Face Detector", Machine Intelligence Research 2023). The
// repository keeps it in Git LFS, hence the address of the stored object.
var YuNet = Model{
	File:    "face_detection_yunet_2023mar.onnx",
	Size:    232_589,
	SHA256:  "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
	Licence: "MIT",
	URL:     "https://media.githubusercontent.com/media/opencv/opencv_zoo/main/models/face_detection_yunet/face_detection_yunet_2023mar.onnx",
	Purpose: "finds faces and where they are turned; without it the cascades of opencv-data do, less well",
}

// FaceMesh finds 468 points of a face in space (Kartynnik et al., "Real-time
// Facial Surface Geometry from Monocular Video on Mobile GPUs", 2019): Google's
// MediaPipe, converted to ONNX in the repository of the address.
//
// It was chosen by measurement from three with the same licence. On persons
// 04–05 of Pointing'04 (up to 60° of pan and 30° of tilt) YuNet's five points
// alone err by 10.5° in yaw and cannot tell pitch; this one by 7.4° and 9.6° in
// 2.9 ms a face; Peppa-Facial-Landmark (slim, 160) by 7.8° and 11.6° in 1.7 ms.
// Both together are no better than this one. Smiles on the labelled real films
// of testdata: AUC 0.97 by the depth of the mouth's corners, which only this one
// has; 0.88 by the width of the mouth of Peppa's points; 0.73 by OpenCV's smile
// cascade.
var FaceMesh = Model{
	File:    "mp_face_landmark_468.onnx",
	Size:    2_432_529,
	SHA256:  "2ece916c568172aafde5d8beaf0198c65b10691a618e551c4b1015a32116e326",
	Licence: "Apache-2.0",
	URL:     "https://raw.githubusercontent.com/placrosse/Zaru/c2d9017c88d7362e6fcc4d8238ee57ecd874a4ba/3rdparty/onnx/face_landmark.onnx",
	Purpose: "tells where heads are turned, up and down too, and smiles; without it yaw and smiles are coarser, and pitch is not seen",
}

// Iris finds the iris and the lids of an eye (Ablavatski et al., "Real-time
// Pupil Tracking from Monocular Video for Digital Puppetry", 2020): MediaPipe's,
// from the same repository as FaceMesh.
//
// What it is worth was measured: on the labelled films of testdata, who is
// turned to whom has an F1 of 0.75 by heads alone where both faces are found, and of
// 0.8 with the eyes, since heads that are turned past somebody are told from
// those turned to somebody. It takes about as long as FaceMesh, and looks at
// one eye of a turned face three times a second.
var Iris = Model{
	File:    "mp_iris_landmark.onnx",
	Size:    2_634_018,
	SHA256:  "cb5086d8ef6cd8c8ab6e031e06a8dd7a17631c0f4d5a8bfbd71e35affce5afc5",
	Licence: "Apache-2.0",
	URL:     "https://raw.githubusercontent.com/placrosse/Zaru/a6617978b296a1a4db6c502ef152360ce33c1883/3rdparty/onnx/iris_landmark.onnx",
	Purpose: "tells where the eyes of large faces look; without it only the turn of the head is seen",
}

// All returns the manifest.
func All() []Model { return []Model{YuNet, FaceMesh, Iris} }

// Read returns the content of the file at path if it is m. Otherwise it
// returns an error: [vig.CodeNotFound] if there is no such file,
// [vig.CodeInvalid] if it is another one.
func (m Model) Read(path string) ([]byte, error) {
	op := "read model " + path
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil, vig.Errorf(vig.CodeNotFound, op, "%w; get it with \"attune models fetch\"", err)
	}
	if err != nil {
		return nil, vig.Errorf(vig.CodeInternal, op, "%w", err)
	}
	defer f.Close()
	// One byte more than m has tells a longer file, however long it is.
	content, err := io.ReadAll(io.LimitReader(f, m.Size+1))
	if err != nil {
		return nil, vig.Errorf(vig.CodeInvalid, op, "%w", err)
	}
	if err := m.check(content); err != nil {
		return nil, vig.Errorf(vig.CodeInvalid, op,
			"%w; remove the file and get the right one with \"attune models fetch\"", err)
	}
	return content, nil
}

// Verify is [Model.Read] without the content.
func (m Model) Verify(path string) error {
	_, err := m.Read(path)
	return err
}

// lfsPointer starts the text that Git LFS leaves in place of a file that was
// not fetched (git-lfs, docs/spec.md).
const lfsPointer = "version https://git-lfs.github.com/spec/"

// check says what is wrong with content if it is not m.
func (m Model) check(content []byte) error {
	if bytes.HasPrefix(content, []byte(lfsPointer)) {
		return errors.New("this is a Git LFS pointer, a small text that stands for the model, not the model itself")
	}
	if n := int64(len(content)); n > m.Size {
		return fmt.Errorf("not the file of the manifest: it has more than %d bytes", m.Size)
	} else if n < m.Size {
		return fmt.Errorf("not the file of the manifest: it has %d bytes instead of %d", n, m.Size)
	}
	sum := sha256.Sum256(content)
	if got := hex.EncodeToString(sum[:]); got != m.SHA256 {
		return fmt.Errorf("not the file of the manifest: its sha256 is %s instead of %s", got, m.SHA256)
	}
	return nil
}
