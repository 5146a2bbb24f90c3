package io.decant.spark.userjob;

/** The jobs that come with Decant, in the package {@code io.decant.jobs}, and their simple names. Stateless. */
public final class ShippedJobs {

    /** Their simple names, as a list for people. */
    public static final String NAMES = "WordCount, TopKeys";

    private static final String PACKAGE = "io.decant.jobs.";

    private ShippedJobs() {}

    /**
     * The binary name of the class that a user has named.
     *
     * @param name of a class; without a package: one of ours, unless the user's jars have a class of that name without
     *     a package
     */
    public static String className(String name, ClassLoader loader) {
        if (name.indexOf('.') >= 0 || has(name, loader) || !has(PACKAGE + name, loader)) {
            return name;
        }
        return PACKAGE + name;
    }

    private static boolean has(String name, ClassLoader loader) {
        return !name.isEmpty() && loader.getResource(name.replace('.', '/') + ".class") != null;
    }
}
