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
// eyes look is measured with a third model, of faces that are turned aside and
// whose nearer eye is at least 12 pixels wide: at 640 pixels a sample, faces of
// about 80 pixels and more, which are one in five of those labelled in
// ../shared/media/real.
package observe
