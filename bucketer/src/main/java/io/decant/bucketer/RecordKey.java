package io.decant.bucketer;

/**
 * The keys of records as bytes, one at a time: as they are shown, and as they are compared, which may be another
 * spelling ({@link ComparedKeyExtractor}). Where a key stands in its record byte for byte it is looked at there, and
 * any other is written to memory of its own. A record without a key is its own key, and a record without a value has a
 * key that is no bytes at all.
 *
 * <p>Owned by one thread.
 */
public final class RecordKey implements AutoCloseable {

    private final Buckets buckets;
    private final KeyHasher hasher;
    private final KeyExtractor extractor;
    private final Scratch shown = new Scratch();
    private final Scratch compared = new Scratch();
    private long address;
    private int length;
    private long comparedAddress;
    private int comparedLength;
    /** Whether the key is one that was looked for, and not the record in its place. */
    private boolean found;

    private boolean absent;

    /**
     * @param hasher by which these buckets were made
     * @throws IllegalArgumentException where records can have several keys
     */
    RecordKey(Buckets buckets, KeyHasher hasher) {
        if (hasher.slots() > 1) {
            throw new IllegalArgumentException("a record has " + hasher.slots() + " keys, and not one");
        }
        this.buckets = buckets;
        this.hasher = hasher;
        this.extractor = hasher.extractor();
    }

    /**
     * Those of records that are in buckets.
     *
     * @param keying by which the buckets were made
     * @throws IllegalArgumentException where records can have several keys
     */
    public static RecordKey of(Buckets buckets, Keying keying) {
        return new RecordKey(buckets, keying.newHasher());
    }

    /** Turns to a record's key, which is there until another record of the buckets is asked for. */
    public void turnTo(int bucket, long ordinal) {
        long frame = buckets.frame(bucket, ordinal);
        absent = false;
        if (frame == 0) {
            long record = buckets.address(bucket, ordinal);
            int bytes = buckets.length(bucket, ordinal);
            found = extractor != null && extractor.find(record, bytes);
            is(record, bytes);
        } else {
            found = extractor != null && extractor.findInFrame(frame);
            if (!found && Frame.isTombstone(frame)) {
                absent = true;
                is(0, 0);
            } else if (!found) {
                is(Frame.valueAddress(frame), Frame.valueLength(frame));
            }
        }
        if (found) {
            take();
        }
    }

    private void take() {
        if (extractor.isPlain()) {
            is(extractor.keyAddress(), extractor.keyLength());
        } else {
            long bytesMax = extractor.copyBytesMax();
            long at = shown.ofAtLeast(bytesMax);
            is(at, extractor.copyTo(at));
            assert length <= bytesMax : length + " bytes of " + bytesMax;
        }
        if (!extractor.isComparedAsShown()) {
            long bytesMax = extractor.comparedBytesMax();
            comparedAddress = compared.ofAtLeast(bytesMax);
            comparedLength = extractor.copyComparedTo(comparedAddress);
            assert comparedLength <= bytesMax : comparedLength + " bytes of " + bytesMax;
        }
    }

    private void is(long at, int bytes) {
        address = at;
        length = bytes;
        comparedAddress = at;
        comparedLength = bytes;
    }

    /** Whether the key is that of a record without a value: it is no bytes, which is not the empty key. */
    public boolean isAbsent() {
        return absent;
    }

    /** Whether what is shown is JSON: that of a composite key is an array of its values. */
    public boolean isJson() {
        return found && extractor.isJson();
    }

    /** Where what is shown of the key lies. */
    public long address() {
        return address;
    }

    /** Bytes of what is shown of the key. */
    public int length() {
        return length;
    }

    /** Where what the key is compared by lies. */
    long comparedAddress() {
        return comparedAddress;
    }

    /** Bytes of what the key is compared by. */
    int comparedLength() {
        return comparedLength;
    }

    /** The same hash that its record has in an assignment. */
    long hash() {
        return absent ? hasher.hashOfTombstone() : found ? hasher.hashFound() : hasher.hashOf(address, length);
    }

    /** Frees the memory. Again: nothing. */
    @Override
    public void close() {
        shown.close();
        compared.close();
    }
}
