import "../element/player";
import "../element/show";
