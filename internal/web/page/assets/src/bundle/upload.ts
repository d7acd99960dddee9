// On the page where films are sent.
import "../element/upload";
