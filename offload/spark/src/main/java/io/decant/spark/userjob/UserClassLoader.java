package io.decant.spark.userjob;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * Loads the classes of a job's jars: its own first, so that a job may bring other versions of the libraries that the
 * driver has. What job and driver must share, {@link #SHARED}, comes from the driver where it has it.
 *
 * <p>Spark's threads inherit the context class loader of the thread that starts the context: start it under this one.
 * Executors load the jars of {@code spark.jars} in their own way. Neither forgets a class that it has loaded, so a jar
 * that has changed needs a new process. Thread-safe.
 */
public final class UserClassLoader extends URLClassLoader {

    /** Prefixes of classes that are the driver's. A library of Spark's that the driver has not, comes from the jars. */
    private static final List<String> SHARED = List.of(
            "java.",
            "javax.",
            "jdk.",
            "sun.",
            "scala.",
            "io.decant.job.",
            "org.apache.spark.",
            "org.apache.hadoop.",
            "org.apache.logging.log4j.",
            "org.slf4j.");

    static {
        registerAsParallelCapable();
    }

    /** @param jars absolute paths; classes of the first one win */
    public UserClassLoader(List<Path> jars, ClassLoader parent) {
        super("job", urls(jars), parent);
    }

    private static URL[] urls(List<Path> jars) {
        URL[] urls = new URL[jars.size()];
        for (int i = 0; i < urls.length; i++) {
            try {
                urls[i] = jars.get(i).toUri().toURL();
            } catch (MalformedURLException e) {
                throw new IllegalArgumentException(jars.get(i) + " is no path of a jar", e);
            }
        }
        return urls;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (SHARED.stream().anyMatch(name::startsWith)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                loaded = findOwn(name);
            }
            if (loaded == null) {
                return super.loadClass(name, resolve);
            }
            if (resolve) {
                resolveClass(loaded);
            }
            return loaded;
        }
    }

    private Class<?> findOwn(String name) {
        try {
            return findClass(name);
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    @Override
    public URL getResource(String name) {
        URL own = findResource(name);
        return own != null ? own : super.getResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        List<URL> all = new ArrayList<>(Collections.list(findResources(name)));
        if (getParent() != null) {
            all.addAll(Collections.list(getParent().getResources(name)));
        }
        return Collections.enumeration(all);
    }
}
