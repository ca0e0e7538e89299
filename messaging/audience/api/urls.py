"""Below /api/v1/audience/."""

from django.urls import path

from . import contacts, imports, lists, removals, suppressions

urlpatterns = [
    path("contacts", contacts.AddresseeList.as_view(), name="addressees"),
    path("contacts/<uuid:addressee_id>", contacts.AddresseeDetail.as_view(), name="addressee"),
    path("lists", lists.ListList.as_view(), name="recipient-lists"),
    path("lists/<uuid:recipient_list_id>", lists.ListDetail.as_view(), name="recipient-list"),
    path("lists/<uuid:recipient_list_id>/members", lists.ListMembers.as_view(), name="recipient-list-members"),
    path("segments", lists.SegmentList.as_view(), name="segments"),
    path("segments/<uuid:segment_id>", lists.SegmentDetail.as_view(), name="segment"),
    path("segments/<uuid:segment_id>/count", lists.SegmentCount.as_view(), name="segment-count"),
    path("suppressions", suppressions.SuppressionList.as_view(), name="suppressions"),
    path("suppressions/<uuid:suppression_id>", suppressions.SuppressionDetail.as_view(), name="suppression"),
    path("removals", removals.RemovalList.as_view(), name="removals"),
    path("removals/<uuid:removal_id>", removals.RemovalDetail.as_view(), name="removal"),
    path("imports", imports.ImportList.as_view(), name="contact-imports"),
    path("imports/<uuid:contact_import_id>", imports.ImportDetail.as_view(), name="contact-import"),
    path("imports/<uuid:contact_import_id>/start", imports.ImportStart.as_view(), name="contact-import-start"),
    path("imports/<uuid:contact_import_id>/problems", imports.ImportProblems.as_view(), name="contact-import-problems"),
]
