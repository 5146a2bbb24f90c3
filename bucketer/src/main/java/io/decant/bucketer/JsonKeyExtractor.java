package io.decant.bucketer;

import net.openhft.hashing.LongHashFunction;

/**
 * The value at a JSON pointer.
 *
 * <p>Of a string the key is its text in UTF-8, of a number or boolean its literal as it stands (so 1 and 1.0 differ),
 * of an object or array its JSON text as it stands. There is no key where the value is null or absent, or where the
 * record is not exactly one JSON value in UTF-8 with nothing but white space around it. Of members with the same name
 * the last counts, as in most parsers, and so probably for the receiver of the bucket. The string "1" and the number 1
 * are one key.
 *
 * <p>The whole record is checked, in one pass ({@link JsonWalk}), which several of these may share; that takes a bit of
 * memory for each array and object that is open at a time ({@link JsonLevels}). A string without escapes is hashed
 * where it stands.
 */
final class JsonKeyExtractor extends KeyExtractor {

    private final JsonPath path;
    private final JsonStringText text = new JsonStringText();
    private JsonWalk walk = new JsonWalk();
    private JsonWalk.Found found;
    /** Whether others read the same walk, whose sharer says when another record comes. */
    private boolean shared;

    JsonKeyExtractor(JsonPath path) {
        this.path = path;
        this.found = walk.want(path);
    }

    @Override
    void share(JsonWalk others) {
        walk = others;
        found = walk.want(path);
        shared = true;
    }

    @Override
    public boolean find(long address, int length) {
        if (!shared) {
            walk.forget();
        }
        if (!walk.has(found, address, length)) {
            return false;
        }
        found(found.address(), found.length());
        return true;
    }

    @Override
    boolean hasReadJson() {
        return walk.hasReadJson();
    }

    @Override
    KeyForm form() {
        if (!found.isPlain()) {
            return KeyForm.JSON_STRING;
        }
        return switch (found.first()) {
            case '{', '[', 't', 'f' -> KeyForm.VERBATIM;
            default -> KeyForm.TEXT;
        };
    }

    @Override
    long hash(LongHashFunction function) {
        return found.isPlain() ? super.hash(function) : text.hash(function, keyAddress(), keyLength());
    }

    @Override
    public byte[] firstBytes(int bytesMax) {
        return found.isPlain() ? super.firstBytes(bytesMax) : text.firstBytes(keyAddress(), keyLength(), bytesMax);
    }

    @Override
    boolean isPlain() {
        return found.isPlain();
    }

    @Override
    int copyTo(long destination) {
        return found.isPlain() ? super.copyTo(destination) : text.copyTo(keyAddress(), keyLength(), destination);
    }
}
