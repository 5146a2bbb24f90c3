package io.decant.bucketer.transform;

import io.decant.bucketer.JsonPath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON pointers as a tree: pointers that begin the same way share nodes. A node stands for the value at a path.
 * Changed only while the tree is made.
 */
final class PointerNode {

    private static final int NONE = -1;

    private final Map<String, PointerNode> children = new LinkedHashMap<>();
    private final int arrayIndex;
    private int pointer = NONE;

    private PointerNode(int arrayIndex) {
        this.arrayIndex = arrayIndex;
    }

    /** The root of a tree of these pointers, which are numbered in their order. */
    static PointerNode of(List<JsonPath> pointers) {
        PointerNode root = new PointerNode(NONE);
        for (int i = 0; i < pointers.size(); i++) {
            JsonPath path = pointers.get(i);
            PointerNode node = root;
            for (int depth = 0; depth < path.length(); depth++) {
                int index = path.index(depth);
                node = node.children.computeIfAbsent(path.name(depth), name -> new PointerNode(index));
            }
            node.pointer = i;
        }
        return root;
    }

    /** The names of an object's members that lead on; iterate by {@link Walk}. */
    Walk walk() {
        return new Walk(this);
    }

    /** A node as arrays, for reading values. Immutable. */
    static final class Walk {
        private final String[] names;
        private final int[] indexes;
        private final Walk[] children;
        private final int pointer;
        private final int[] pointersWithin;

        private Walk(PointerNode node) {
            names = node.children.keySet().toArray(new String[0]);
            children = node.children.values().stream().map(Walk::new).toArray(Walk[]::new);
            indexes = node.children.values().stream()
                    .mapToInt(child -> child.arrayIndex)
                    .toArray();
            pointer = node.pointer;
            List<Integer> within = new ArrayList<>();
            addPointers(node, within);
            pointersWithin = within.stream().mapToInt(Integer::intValue).toArray();
        }

        private static void addPointers(PointerNode node, List<Integer> to) {
            if (node.pointer != NONE) {
                to.add(node.pointer);
            }
            node.children.values().forEach(child -> addPointers(child, to));
        }

        boolean isLeaf() {
            return names.length == 0;
        }

        /** Which pointer leads here; -1 where none does. */
        int pointer() {
            return pointer;
        }

        /** The pointers that lead here or on from here. */
        int[] pointersWithin() {
            return pointersWithin;
        }

        int children() {
            return names.length;
        }

        String name(int child) {
            return names[child];
        }

        Walk child(int child) {
            return children[child];
        }

        /** The child that an element of an array is; null where it is none. */
        Walk element(int index) {
            for (int i = 0; i < indexes.length; i++) {
                if (indexes[i] == index) {
                    return children[i];
                }
            }
            return null;
        }
    }
}
