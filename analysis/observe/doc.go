// Package observe measures one sample of a film: the faces in it, where each
// is turned, whether it smiles, and what moved since the sample before. A
// sample in, an observation out.
//
// It is the only package that knows OpenCV. Nothing of OpenCV leaves it: what
// [Observer.Observe] returns is plain Go and stays valid.
//
// Faces are found by YuNet where its model is installed, otherwise by the
// Haar cascades of opencv-data: the reduced mode ([Observer.Mode]), which sees
// fewer faces, and coarser. Where the landmark model is installed too, it tells
// yaw more exactly, pitch, and smiles, of the faces that YuNet finds. Where the
// eyes look is not measured: at 640 pixels a sample four of five labelled faces
// of ../shared/media/real are 39 to 102 pixels high, and their eyes 5 to 16 wide.
package observe
