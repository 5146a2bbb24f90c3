package io.decant.bucketer;

/**
 * What stands beside the reference of a record that a transform made, in one int: which of the outputs of its record it
 * is, whether that has several, which transform it was, and whether the reference leads to the output itself or to the
 * record that it is made of again.
 */
final class OutputTag {

    /** Most transforms. */
    static final int TRANSFORMS_MAX = (1 << 14) - 1;

    private static final int INDEX_BITS = 16;
    private static final int INDEX_MASK = (1 << INDEX_BITS) - 1;
    private static final int SEVERAL = 1 << 30;
    private static final int REBUILT = 1 << 31;

    /** A record that no transform was applied to. */
    static final int NONE = 0;

    private OutputTag() {}

    static int of(int transform, int index, boolean several, boolean rebuilt) {
        return transform << INDEX_BITS | index | (several ? SEVERAL : 0) | (rebuilt ? REBUILT : 0);
    }

    /** From 0. */
    static int index(int tag) {
        return tag & INDEX_MASK;
    }

    static boolean isOneOfSeveral(int tag) {
        return (tag & SEVERAL) != 0;
    }

    /** From 1. */
    static int transform(int tag) {
        return tag >>> INDEX_BITS & TRANSFORMS_MAX;
    }

    static boolean isRebuilt(int tag) {
        return tag < 0;
    }
}
