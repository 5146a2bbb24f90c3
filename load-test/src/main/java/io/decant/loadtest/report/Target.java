package io.decant.loadtest.report;

import java.math.BigDecimal;

/**
 * What a ratio shall be.
 *
 * @param bound the least or the most
 * @param atLeast whether more is better
 */
public record Target(double bound, boolean atLeast) {

    public static Target atLeast(double bound) {
        return new Target(bound, true);
    }

    public static Target atMost(double bound) {
        return new Target(bound, false);
    }

    public boolean isMet(double ratio) {
        return atLeast ? ratio >= bound : ratio <= bound;
    }

    @Override
    public String toString() {
        return (atLeast ? ">= " : "<= ")
                + BigDecimal.valueOf(bound).stripTrailingZeros().toPlainString();
    }
}
