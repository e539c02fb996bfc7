"""What shipped specifications call the functions that read their files; ``read`` in `trainers.data.specs.folder_spec`.

As `search.components.component_names` does for classes: a name stays, and a function that moves gets a further path.
"""

from __future__ import annotations

from spaces.common.lasting_names import LastingNames

READERS = LastingNames(
    {
        "cityscapes_metres": ("trainers.data.cityscapes.metres",),
        "cityscapes_normals": ("trainers.data.cityscapes_normals.normals",),
        "cityscapes_edges": ("trainers.data.borders.cityscapes_edges",),
        "nyud_edges": ("trainers.data.borders.nyud_edges",),
        "pascal_human_parts": ("trainers.data.pascal_context.human_parts",),
        "pascal_normals": ("trainers.data.pascal_context.normals",),
        "pascal_edges": ("trainers.data.pascal_context.edges",),
        "coco_classes": ("trainers.data.exports.coco.classes",),
        "labelme_classes": ("trainers.data.exports.labelme.classes",),
        "table_columns": ("trainers.data.exports.columns.attributes",),
        "table_class": ("trainers.data.exports.columns.one_class",),
        "cvat_classes": ("trainers.data.exports.cvat.classes",),
        "cvat_colours": ("trainers.data.exports.cvat.colours",),
    }
)
