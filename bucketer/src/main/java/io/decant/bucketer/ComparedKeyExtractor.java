package io.decant.bucketer;

import net.openhft.hashing.LongHashFunction;

/**
 * Has the keys that another extractor finds compared by what they mean: numbers by value, whether they are JSON numbers
 * or texts that read as such ({@link NumberText}); other texts as they are, or with their letters folded
 * ({@link FoldedText}); objects and arrays by their JSON. A byte order mark at the start of a record is passed over.
 *
 * <p>What is compared is a canonical text. So being equal is reflexive, symmetric and transitive, and a key that stands
 * in its record canonically, as most do, is hashed there.
 */
final class ComparedKeyExtractor extends KeyExtractor {

    private static final int BYTE_ORDER_MARK = 0xBFBBEF;
    private static final int BYTE_ORDER_MARK_BYTES = 3;
    /** A letter of two bytes may have a small one of three. */
    private static final long GROWTH_MAX = 2;
    /** A short number may be written out, and a long one gets an exponent. */
    private static final long NUMBER_BYTES_MORE = 64;

    private final KeyExtractor found;
    private final boolean folds;
    private final boolean trims;
    private final NumberText number = new NumberText();
    private final FoldedText folded;
    private boolean marked;
    /** What holds the canonical text of the key that was found last; null: the key's own extractor. */
    private EscapedText text;

    ComparedKeyExtractor(KeyExtractor found, Fold fold) {
        this.found = found;
        this.folds = fold != Fold.NONE;
        this.trims = fold == Fold.CASE_ACCENT;
        this.folded = folds ? new FoldedText(fold) : null;
    }

    @Override
    public boolean find(long address, int length) {
        int mark = startsWithMark(address, length) ? BYTE_ORDER_MARK_BYTES : 0;
        marked = mark > 0;
        if (!found.find(address + mark, length - mark)) {
            return false;
        }
        found(found.keyAddress(), found.keyLength());
        text = canonical();
        return true;
    }

    @Override
    void share(CsvRow row) {
        found.share(row);
    }

    @Override
    void share(JsonWalk walk) {
        found.share(walk);
    }

    @Override
    boolean hasReadJson() {
        return !marked && found.hasReadJson();
    }

    private static boolean startsWithMark(long address, int length) {
        return length >= BYTE_ORDER_MARK_BYTES
                && (Memory.getByte(address) & 0xFF) == (BYTE_ORDER_MARK & 0xFF)
                && (Memory.getByte(address + 1) & 0xFF) == ((BYTE_ORDER_MARK >> Byte.SIZE) & 0xFF)
                && (Memory.getByte(address + 2) & 0xFF) == BYTE_ORDER_MARK >> (2 * Byte.SIZE);
    }

    private EscapedText canonical() {
        KeyForm form = found.form();
        long from = keyAddress();
        long to = from + keyLength();
        if (form == KeyForm.VERBATIM || from == to) {
            return null;
        }
        int first = Memory.getByte(from);
        if (first == '-' || (first >= '0' && first <= '9') || (first == '\\' && form == KeyForm.JSON_STRING)) {
            if (isCanonicalNumber(from, to)) {
                return null;
            }
            if (number.read(from, to, form == KeyForm.JSON_STRING, trims)) {
                return number;
            }
        }
        if (!folds) {
            return null;
        }
        folded.set(form);
        return folded;
    }

    /** Most numbers are: a whole one that is not long. */
    private static boolean isCanonicalNumber(long from, long to) {
        long at = Memory.getByte(from) == '-' ? from + 1 : from;
        long count = to - at;
        if (count < 1 || count > NumberText.PLAIN_DIGITS_MAX) {
            return false;
        }
        if (Memory.getByte(at) == '0') {
            return count == 1 && at == from;
        }
        while (at < to && Memory.getByte(at) >= '0' && Memory.getByte(at) <= '9') {
            at++;
        }
        return at == to;
    }

    @Override
    long hash(LongHashFunction function) {
        return text == null ? found.hash(function) : text.hash(function, keyAddress(), keyLength());
    }

    @Override
    public byte[] firstBytes(int bytesMax) {
        return text == null ? found.firstBytes(bytesMax) : text.firstBytes(keyAddress(), keyLength(), bytesMax);
    }

    @Override
    boolean isPlain() {
        return found.isPlain();
    }

    @Override
    int copyTo(long destination) {
        return found.copyTo(destination);
    }

    @Override
    boolean isComparedAsShown() {
        return text == null;
    }

    @Override
    long comparedBytesMax() {
        return text == null ? copyBytesMax() : GROWTH_MAX * copyBytesMax() + NUMBER_BYTES_MORE;
    }

    @Override
    int copyComparedTo(long destination) {
        return text == null ? copyTo(destination) : text.copyTo(keyAddress(), keyLength(), destination);
    }
}
