package io.decant.offload.capacity;

/**
 * Memory and cores, as YARN counts them. Less than nothing is possible, where more is in use than there should be.
 *
 * @param mebibytes of memory
 * @param vcores of YARN's making: as many as each node's configuration says it has
 */
public record Resources(long mebibytes, int vcores) {

    public static final Resources NONE = new Resources(0, 0);

    public Resources plus(Resources other) {
        return new Resources(mebibytes + other.mebibytes, vcores + other.vcores);
    }

    public Resources minus(Resources other) {
        return new Resources(mebibytes - other.mebibytes, vcores - other.vcores);
    }

    /** Whether that has room in this. */
    public boolean holds(Resources other) {
        return other.mebibytes <= mebibytes && other.vcores <= vcores;
    }

    /** How many of those have room in this, at least 0. */
    public int count(Resources other) {
        long count = Math.min(mebibytes / other.mebibytes, vcores / other.vcores);
        return (int) Math.max(0, Math.min(Integer.MAX_VALUE, count));
    }

    /** The same with the memory that YARN gives for it: the next multiple of {@code increment} mebibytes. */
    public Resources roundedUp(long increment) {
        return new Resources((mebibytes + increment - 1) / increment * increment, vcores);
    }
}
